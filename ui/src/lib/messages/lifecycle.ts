/** Texts of the rows that are not events: the fact first, then the rest. */
import type { Row } from '../../bindings/Row';
import { count, t, tn } from '../i18n/index.svelte';
import { cutMiddle } from '../text/cut';
import { age, clockRange, clockShort } from '../text/time';
import { visibleText } from '../text/segments';
import type { Resumed } from '../vocabulary';
import { reasonSentence } from './reason';

/** A fact, and the rest of the message. Of a connection also whether it resumed, and what follows from that. */
export type LifecycleMessage = { fact: string; rest: string; resumed?: KnownResume; after?: string };
/** The words for a connection that was asked to go on where an earlier one ended. */
export type KnownResume = Exclude<Resumed, 'no'>;
export type LifecycleRow = Exclude<Row, { kind: 'event' }>;

export function lifecycleMessage(row: LifecycleRow): LifecycleMessage {
  switch (row.kind) {
    case 'open':
      return opened(row);
    case 'reconnecting':
      return reconnecting(row);
    case 'polled':
      return polled(row);
    case 'no-answer':
      return { fact: t('life.no-answer.fact', { age: age(row.afterMs) }), rest: t('life.no-answer.rest') };
    case 'retry':
      return { fact: t('life.retry.fact', { age: age(row.ms) }), rest: t('life.retry.rest') + often(row.times) };
    case 'gap':
      return {
        fact: isOneEvent(row.reason)
          ? tn('life.gap.skipped', row.times)
          : t('life.gap.fact', { range: clockRange(row.from, row.to) }),
        rest: t(`life.gap.${row.reason}`) + (isOneEvent(row.reason) ? '' : often(row.times)),
      };
    case 'parked':
      return { fact: t('life.parked.fact'), rest: reasonSentence(row.reason) };
    case 'closed':
      if (row.reason === null) return { fact: t('life.closed.off.fact'), rest: t('life.closed.off.rest') };
      return row.reason.code === 'complete'
        ? { fact: t('life.closed.complete.fact'), rest: t('life.closed.complete.rest') }
        : { fact: t('life.closed.204.fact'), rest: t('life.closed.204.rest') };
  }
}

/** Says how often a row's fact happened within its minute; nothing for once. */
function often(times: number): string {
  return times > 1 ? t('sentence.join') + t('life.times', { n: count(times) }) : '';
}

/** Whether a gap is one event that was left out, and no time in which events may be missing. */
export function isOneEvent(reason: Extract<Row, { kind: 'gap' }>['reason']): boolean {
  return reason === 'oversize' || reason === 'not-storable';
}

/** Returns a message as one string. */
export function messageText(message: LifecycleMessage): string {
  return message.fact + t('sentence.join') + restText(message);
}

/** Returns all but the fact as one string. */
export function restText({ rest, resumed, after }: LifecycleMessage): string {
  const word = resumed === undefined ? '' : t('sentence.join') + t(`life.resumed.${resumed}`);
  return rest + word + (after ?? '');
}

/** Returns the glyph of a lifecycle row, its colour and name; null for a gap, which has a coloured edge instead. */
export function lifecycleGlyph(row: LifecycleRow): { glyph: string; tone: string; name: string } | null {
  switch (row.kind) {
    case 'open':
    case 'polled':
      return { glyph: 'st-live', tone: 'live', name: t('state.live') };
    case 'reconnecting':
    case 'no-answer':
      return { glyph: 'st-busy', tone: 'busy', name: t('state.connecting') };
    case 'retry':
      return { glyph: 'clock', tone: 'sub', name: '' };
    case 'parked':
      return { glyph: 'st-need', tone: 'need', name: t('state.needs-you') };
    case 'closed':
      return { glyph: 'st-off', tone: 'off', name: t('state.off') };
    case 'gap':
      return null;
  }
}

function opened(row: Extract<Row, { kind: 'open' }>): LifecycleMessage {
  const status = String(row.status);
  const http = visibleText(row.http);
  const missed = row.mayMiss ? t('sentence.join') + t('life.open.may-miss') : '';
  const repeated = row.repeated > 0 ? t('sentence.join') + tn('life.open.repeated', row.repeated) : '';
  if (row.afterMs <= 0) {
    const rest = t('life.open.rest', { status, http });
    return { fact: t('life.open.fact'), rest, ...known(row.resumed), after: missed + repeated };
  }
  const rest = t('life.open.after.rest', { age: age(row.afterMs), status, http, n: String(row.attempt) });
  return { fact: t('life.open.after.fact'), rest, ...known(row.resumed), after: missed + repeated };
}

function known(resumed: Resumed): { resumed?: KnownResume } {
  return resumed === 'no' ? {} : { resumed };
}

function polled(row: Extract<Row, { kind: 'polled' }>): LifecycleMessage {
  const repeated = row.repeated > 0 ? t('sentence.join') + tn('life.open.repeated', row.repeated) : '';
  const rest = tn('life.polled.rest', row.polls, { time: clockShort(row.since) });
  return {
    fact: t('life.polled.fact', { age: age(row.everyMs) }),
    rest,
    ...known(row.resumed),
    after: repeated,
  };
}

function reconnecting(row: Extract<Row, { kind: 'reconnecting' }>): LifecycleMessage {
  const reason = reasonSentence(row.reason);
  const kept =
    row.lastId === ''
      ? ''
      : t('sentence.join') + t('life.reconnecting.id', { id: cutMiddle(visibleText(row.lastId), 24) });
  if (row.tries > 1) {
    const fact = t('life.reconnecting.run.fact', { n: String(row.tries), time: clockShort(row.since) });
    return { fact, rest: reason + kept };
  }
  return {
    fact: t('life.reconnecting.fact', { age: age(row.inMs) }),
    rest: t('life.reconnecting.rest', { reason, n: String(row.tries) }) + kept,
  };
}
