/** Texts about why a connection is not open. */
import type { CheckStep } from '../../bindings/CheckStep';
import type { FeedInfo } from '../../bindings/FeedInfo';
import type { Reason } from '../../bindings/Reason';
import { type Part, parts, t } from '../i18n/index.svelte';
import { cutMiddle } from '../text/cut';
import { clockShort, countdown } from '../text/time';
import { visibleText } from '../text/segments';

/** Returns one sentence: what happened. */
export function reasonSentence(reason: Reason): string {
  const status = statusOf(reason);
  const detail = detailOf(reason);
  switch (reason.code) {
    case 'status':
    case 'sign-in':
    case 'not-found':
    case 'unexpected-status':
      return t(`reason.${reason.code}`, { status });
    case 'wrong-type':
    case 'redirect':
    case 'encoding':
      return t(`reason.${reason.code}`, { detail });
    default:
      return t(`reason.${reason.code}`);
  }
}

/** Returns the short fact after "Stopped:". */
export function stoppedFact(reason: Reason): string {
  const status = statusOf(reason);
  switch (reason.code) {
    case 'sign-in':
    case 'not-found':
    case 'unexpected-status':
      return t(`stopped.${reason.code}`, { status });
    case 'encoding':
      return t('stopped.encoding', { detail: detailOf(reason) });
    case 'tls':
    case 'wrong-type':
    case 'redirect':
    case 'insecure-auth':
    case 'bad-header':
    case 'keychain-locked':
    case 'keychain-absent':
    case 'keychain-timeout':
    case 'secret-missing':
      return t(`stopped.${reason.code}`);
    default:
      return t('stopped.other');
  }
}

/** Returns the short fact next to a failed step of a check. */
export function stepFact(reason: Reason): string {
  const fact = stoppedFact(reason);
  return fact === t('stopped.other') ? reasonSentence(reason) : fact;
}

/** Returns the text of a step whose result is not known at the end of a check. */
export function openStepText(step: CheckStep['step'], reason: Reason | null): string {
  if (step === 'first-event') return t('add.step.first-event.open');
  return reason?.code === 'no-answer' ? t('add.step.answer.open') : t('add.step.open');
}

/** The banner above the log of a stopped feed: what happened, what to do, and one button. */
export type Banner = {
  title: string;
  todo: Part[];
  next: string | null;
  button: string;
  action: 'sign-in' | 'reconnect';
};

/** Returns the banner of a feed that needs a person, else null. */
export function bannerOf(feed: FeedInfo, now: number): Banner | null {
  const { connection } = feed;
  if (connection.state === 'off') {
    if (connection.reason?.code !== 'no-content') return null;
    return {
      title: t('banner.off.204.title'),
      todo: parts('banner.off.204.do'),
      next: null,
      button: t('banner.connect.button'),
      action: 'reconnect',
    };
  }
  if (connection.state !== 'parked') return null;
  const { reason, retryAt } = connection;
  const signIn = reason.code === 'sign-in' || reason.code === 'secret-missing';
  return {
    ...bannerText(reason, feed, clockShort(connection.since)),
    next: retryAt === null ? null : t('banner.next', { age: countdown(retryAt - now) }),
    button: signIn ? t('banner.sign-in.button') : t('banner.again.button'),
    action: signIn ? 'sign-in' : 'reconnect',
  };
}

function bannerText(reason: Reason, feed: FeedInfo, time: string): { title: string; todo: Part[] } {
  const status = statusOf(reason);
  const detail = detailOf(reason);
  switch (reason.code) {
    case 'sign-in': {
      const title = feed.secretName === null ? t('banner.sign-in.new.title') : t('banner.sign-in.old.title');
      const id = cutMiddle(visibleText(feed.lastId), 24);
      const todo =
        id === ''
          ? parts('banner.sign-in.do', { status, time })
          : parts('banner.sign-in.do.from', { status, time, id });
      return { title, todo };
    }
    case 'unexpected-status':
      return {
        title: t('banner.unexpected-status.title', { status }),
        todo: parts('banner.unexpected-status.do', { time }),
      };
    case 'not-found':
      return { title: t('banner.not-found.title'), todo: parts('banner.not-found.do', { status, time }) };
    case 'wrong-type':
      return { title: t('banner.wrong-type.title'), todo: parts('banner.wrong-type.do', { detail, time }) };
    case 'secret-missing':
    case 'redirect':
    case 'encoding':
    case 'bad-header':
    case 'tls':
      return { title: t(`banner.${reason.code}.title`), todo: parts(`banner.${reason.code}.do`, { detail }) };
    case 'keychain-locked':
    case 'keychain-absent':
    case 'keychain-timeout':
    case 'insecure-auth':
      return { title: t(`banner.${reason.code}.title`), todo: parts(`banner.${reason.code}.do`) };
    default:
      return {
        title: t('banner.other.title'),
        todo: parts('banner.other.do', { reason: reasonSentence(reason) }),
      };
  }
}

function statusOf(reason: Reason): string {
  return reason.status === null ? '?' : String(reason.status);
}

/** Returns the detail, which comes from the server: shortened, and with invisible characters shown. */
function detailOf(reason: Reason): string {
  return reason.detail === null || reason.detail === '' ? '?' : cutMiddle(visibleText(reason.detail), 80);
}
