/** Texts about why a connection is not open. */
import type { CheckStep } from '../../bindings/CheckStep';
import type { FeedInfo } from '../../bindings/FeedInfo';
import type { Reason } from '../../bindings/Reason';
import { type Part, parts, t } from '../i18n/index.svelte';
import { cutMiddle } from '../text/cut';
import { clockShort, countdown } from '../text/time';
import { visibleText } from '../text/segments';
import { type Fault, type ReasonCode, wordsOf } from '../vocabulary';

/** What a person has to do about each reason. `none`: nothing; Bellwire reconnects, or the server ended the feed. */
const remedies = {
  'ended': 'none',
  'refused': 'none',
  'reset': 'none',
  'dns': 'none',
  'connect-timeout': 'none',
  'no-answer': 'none',
  'idle': 'none',
  'tls': 'read',
  'network': 'none',
  'proxy': 'read',
  'unreadable': 'read',
  'status': 'none',
  'no-content': 'none',
  'complete': 'none',
  'sign-in': 'sign-in',
  'sign-in-refused': 'sign-in',
  'sign-in-page': 'sign-in',
  'sign-in-refused-for-page': 'sign-in',
  'sign-in-elsewhere': 'read',
  'not-found': 'read',
  'wrong-type': 'read',
  'page-elsewhere': 'read',
  'unexpected-status': 'read',
  'redirect': 'read',
  'redirect-loop': 'read',
  'private-redirect': 'read',
  'encoding': 'read',
  'insecure-auth': 'read',
  'bad-header': 'read',
  'bad-cookie': 'sign-in',
  'subscribe': 'none',
  'keychain-locked': 'unlock',
  'keychain-absent': 'read',
  'keychain-timeout': 'read',
  'secret-missing': 'sign-in',
  'woke': 'none',
  'restart': 'none',
} as const satisfies Record<ReasonCode, 'none' | 'read' | 'sign-in' | 'unlock'>;

/** What a person can do about each fault of TLS, of a proxy or of an answer. */
const todos = {
  'unknown-authority': 'own',
  'self-signed': 'own',
  'expired': 'clock',
  'not-yet-valid': 'clock',
  'wrong-host': 'address',
  'revoked': 'operator',
  'bad-certificate': 'operator',
  'no-certificate': 'operator',
  'not-tls': 'address',
  'no-common-tls': 'operator',
  'tls-refused': 'address',
  'certificate-wanted': 'client',
  'tls-broken': 'operator',
  'tls-failed': 'address',
  'proxy-refused': 'proxy',
  'proxy-not-found': 'proxy',
  'proxy-unreachable': 'proxy',
  'proxy-timeout': 'proxy',
  'proxy-broke-off': 'proxy',
  'proxy-sign-in': 'proxy-sign-in',
  'proxy-tls': 'proxy',
  'proxy-no-tunnel': 'proxy-operator',
  'proxy-not-socks': 'proxy',
  'proxy-failed': 'proxy-operator',
  'proxy-forbids': 'proxy-operator',
  'proxy-no-route': 'address',
  'proxy-server-refused': 'address',
  'proxy-server-timeout': 'address',
  'proxy-unable': 'proxy-operator',
  'not-http': 'address',
  'head-too-large': 'operator',
  'bad-field': 'operator',
  'bad-http': 'operator',
} as const satisfies Record<Fault, string>;

export const faults = wordsOf(todos);

/** The reasons for which a feed stops until a person acts. */
type StoppingCode = { [Code in ReasonCode]: (typeof remedies)[Code] extends 'none' ? never : Code }[ReasonCode];

export const reasonCodes = wordsOf(remedies);

export function isStopping(code: ReasonCode): code is StoppingCode {
  return remedies[code] !== 'none';
}

/** Returns one sentence: what happened. */
export function reasonSentence(reason: Reason): string {
  return t(`reason.${reason.code}`, valuesOf(reason));
}

/** Returns the short fact after "Stopped:". */
export function stoppedFact(reason: Reason): string {
  return isStopping(reason.code) ? t(`stopped.${reason.code}`, valuesOf(reason)) : t('stopped.other');
}

/** Returns the short fact next to a failed step of a check. */
export function stepFact(reason: Reason): string {
  return isStopping(reason.code) ? stoppedFact(reason) : reasonSentence(reason);
}

/** Returns the call to action of a stopped feed, in two or three words. */
export function actionLabel(code: ReasonCode): string {
  switch (remedies[code]) {
    case 'sign-in':
      return t('fix.sign-in');
    case 'unlock':
      return t('fix.unlock');
    case 'read':
    case 'none':
      return t('fix.look');
  }
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
    if (connection.reason === null) return null;
    const isComplete = connection.reason.code === 'complete';
    return {
      title: isComplete ? t('banner.off.complete.title') : t('banner.off.204.title'),
      todo: isComplete ? parts('banner.off.complete.do') : parts('banner.off.204.do'),
      next: null,
      button: t('banner.connect.button'),
      action: 'reconnect',
    };
  }
  if (connection.state !== 'parked') return null;
  const { reason, retryAt } = connection;
  const signIn = remedies[reason.code] === 'sign-in';
  return {
    ...bannerText(reason, feed, clockShort(connection.since)),
    next: retryAt === null ? null : t('banner.next', { age: countdown(retryAt - now) }),
    button: signIn ? t('banner.sign-in.button') : t('banner.again.button'),
    action: signIn ? 'sign-in' : 'reconnect',
  };
}

function bannerText(reason: Reason, feed: FeedInfo, time: string): { title: string; todo: Part[] } {
  const { code } = reason;
  const values = { ...valuesOf(reason), time };
  if (!isStopping(code)) {
    return { title: t('banner.other.title'), todo: parts('banner.other.do', { reason: reasonSentence(reason) }) };
  }
  const title = t(`banner.${code}.title`, values);
  if (code === 'tls' || code === 'proxy' || code === 'unreadable') {
    const { fault } = reason;
    const advice = fault === undefined ? '' : t('sentence.join') + t(`todo.${todos[fault]}`);
    return { title, todo: [{ name: null, text: values.detail + advice }] };
  }
  if (code !== 'sign-in' && code !== 'sign-in-refused') return { title, todo: parts(`banner.${code}.do`, values) };
  const id = cutMiddle(visibleText(feed.lastId), 24);
  return {
    title,
    todo: id === '' ? parts('banner.sign-in.do', values) : parts('banner.sign-in.do.from', { ...values, id }),
  };
}

/** Returns the values of the placeholders. The detail comes from the server: it is shortened and made visible. */
function valuesOf({ code, status, fault, detail }: Reason): { status: string; detail: string } {
  const shown = detail === null || detail === '' ? '?' : cutMiddle(visibleText(detail), 80);
  return { status: status === null ? '?' : String(status), detail: detailOf(code, fault, shown) };
}

/** Returns a detail in the language of the reader; that of a failure with a fault is a sentence. */
function detailOf(code: ReasonCode, fault: Fault | undefined, shown: string): string {
  if (fault !== undefined) return t(`fault.${fault}`, { detail: shown });
  return code === 'tls' || code === 'proxy' || code === 'unreadable' ? t('fault.words', { detail: shown }) : shown;
}
