/** Texts about a feed's connection. */
import type { Connection } from '../../bindings/Connection';
import type { FeedInfo } from '../../bindings/FeedInfo';
import { t } from '../i18n/index.svelte';
import { actionLabel } from './reason';
import { age, clockShort, countdown, span } from '../text/time';

/** The four statuses that the window distinguishes. */
export type FeedStatus = 'live' | 'busy' | 'need' | 'off';

export function statusOf(connection: Connection): FeedStatus {
  switch (connection.state) {
    case 'live':
      return 'live';
    case 'connecting':
    case 'waiting':
      return 'busy';
    case 'parked':
      return 'need';
    case 'off':
      return 'off';
  }
}

export function statusLabel(status: FeedStatus): string {
  switch (status) {
    case 'live':
      return t('state.live');
    case 'busy':
      return t('state.connecting');
    case 'need':
      return t('state.needs-you');
    case 'off':
      return t('state.off');
  }
}

/** Returns the status text of a sidebar row; null when the row shows the rate instead. */
export function sidebarStatus(connection: Connection, now: number): string | null {
  switch (connection.state) {
    case 'live':
      return null;
    case 'connecting':
      return connection.slow ? t('side.no-answer') : t('side.connecting');
    case 'waiting':
      return t('side.in', { age: countdown(connection.retryAt - now) });
    case 'parked':
      return actionLabel(connection.reason.code);
    case 'off':
      return t('side.off');
  }
}

/** Returns the status line of a single feed. */
export function feedStatusLine(feed: FeedInfo, now: number): string {
  const { connection } = feed;
  switch (connection.state) {
    case 'live':
      return connection.pollMs === null
        ? t('head.feed.live', { span: span(now - connection.since) })
        : t('head.feed.polled', { age: age(connection.pollMs) });
    case 'connecting':
      return connection.slow
        ? t('head.feed.no-answer', { age: age(Math.max(1000, now - connection.since)) })
        : t('head.feed.connecting');
    case 'waiting':
      return t('head.feed.waiting', { age: countdown(connection.retryAt - now) });
    case 'parked':
      return t('head.feed.needs-you', { time: clockShort(connection.since) });
    case 'off':
      if (connection.reason === null) return t('head.feed.off');
      return connection.reason.code === 'complete' ? t('head.feed.off.complete') : t('head.feed.off.204');
  }
}

/** Returns what is known about a limit on quiet connections; null when none is known. */
export function quietLimitNote(feed: FeedInfo): string | null {
  return feed.quietLimitMs === null ? null : t('head.feed.quiet-limit', { age: age(feed.quietLimitMs) });
}

/** Returns the text of a feed's view that has no event yet. */
export function emptyLogText(connection: Connection, now: number): string {
  switch (connection.state) {
    case 'live':
      return t('empty.live');
    case 'connecting':
      return connection.slow ? t('empty.no-answer') : t('empty.connecting');
    case 'waiting':
      return t('empty.waiting', { age: countdown(connection.retryAt - now) });
    case 'parked':
      return t('empty.parked');
    case 'off':
      return t('empty.off');
  }
}

/** Returns an address without its scheme. */
export function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

/** Returns whether a shown countdown or age changes every second. */
export function countsSeconds(feeds: readonly FeedInfo[], now: number): boolean {
  return feeds.some(({ connection }) => {
    if (connection.state === 'waiting') return true;
    if (connection.state === 'parked') return connection.retryAt !== null;
    if (connection.state === 'off') return false;
    return now - connection.since < 60_000;
  });
}
