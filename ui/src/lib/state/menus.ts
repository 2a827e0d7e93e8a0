/** The items of the menus. */
import type { FeedInfo } from '../../bindings/FeedInfo';
import type { MuteChoice } from '../../bindings/MuteChoice';
import { t } from '../i18n/index.svelte';
import * as ipc from '../ipc';
import type { App } from './app.svelte';

export type MenuItem = {
  label: string;
  testid: string;
  run: () => void;
  /** A separator is drawn above the item. */
  separatorBefore?: boolean;
  danger?: boolean;
};

export function feedMenu(app: App, feed: FeedInfo): MenuItem[] {
  const { id, connection } = feed;
  const isPaused = connection.state === 'off' && connection.reason === null;
  const items: MenuItem[] = [];
  if (!isPaused) {
    items.push({
      label: t('feed.reconnect'),
      testid: 'feed-reconnect',
      run: () => void app.act(() => ipc.reconnectFeed(id)),
    });
  }
  items.push({
    label: isPaused ? t('feed.resume') : t('feed.pause'),
    testid: isPaused ? 'feed-resume' : 'feed-pause',
    run: () => void app.act(() => ipc.setFeedEnabled(id, isPaused)),
  });
  if (feed.auth.length > 0 || connection.state === 'parked') {
    items.push({
      label: t('feed.sign-in'),
      testid: 'feed-sign-in',
      run: () => (app.dialog = { kind: 'sign-in', feed: id }),
    });
  }
  items.push(markReadItem(app, id, feed.unread));
  items.push({
    label: t('feed.remove'),
    testid: 'feed-remove',
    separatorBefore: true,
    danger: true,
    run: () => (app.dialog = { kind: 'remove', feed: id }),
  });
  return items.filter(({ testid }) => testid !== 'mark-read' || feed.unread > 0);
}

/** Returns the menu for all feeds. */
export function allFeedsMenu(app: App): MenuItem[] {
  const unread = app.feeds.reduce((sum, feed) => sum + feed.unread, 0);
  return [markReadItem(app, null, unread)];
}

export function muteMenu(app: App): MenuItem[] {
  const item = (label: string, testid: string, length: MuteChoice['length']): MenuItem => ({
    label,
    testid,
    run: () => void app.act(() => ipc.mute(length)),
  });
  const { off, ...lengths } = {
    'off': item(t('mute.off'), 'mute-off', 'off'),
    'half-hour': item(t('mute.30'), 'mute-30', 'half-hour'),
    'hour': item(t('mute.60'), 'mute-60', 'hour'),
    'morning': item(t('mute.tomorrow'), 'mute-tomorrow', 'morning'),
    'ever': item(t('mute.on'), 'mute-on', 'ever'),
  } satisfies Record<MuteChoice['length'], MenuItem>;
  const items = Object.values(lengths);
  if (app.snapshot?.mute.kind === 'off') return items;
  return [off, ...items.map((each, i) => (i === 0 ? { ...each, separatorBefore: true } : each))];
}

/** Mutes until turned on; when muted, turns notifications on again. */
export function toggleMute(app: App): void {
  const length = app.snapshot?.mute.kind === 'off' ? 'ever' : 'off';
  void app.act(() => ipc.mute(length));
}

function markReadItem(app: App, feed: string | null, unread: number): MenuItem {
  return {
    label: t('feed.mark-read'),
    testid: 'mark-read',
    run: () => {
      if (unread > 0) void app.act(() => ipc.markRead(feed, app.snapshot?.newestSeq ?? 0));
    },
  };
}
