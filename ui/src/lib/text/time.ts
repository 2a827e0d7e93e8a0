/** Times as the window shows them: local, 24 h. An instant is in milliseconds since the epoch. */
import { count, language, t } from '../i18n/index.svelte';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Returns `10:42:11` and `.482` of an instant. */
export function clockParts(at: number): { time: string; ms: string } {
  const date = new Date(at);
  return { time: clock(at), ms: `.${String(date.getMilliseconds()).padStart(3, '0')}` };
}

/** `10:42:11` */
export function clock(at: number): string {
  const date = new Date(at);
  return `${clockShort(at)}:${two(date.getSeconds())}`;
}

/** `10:42` */
export function clockShort(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `21 Nov 2026, 10:42:11.482`; in Chinese `2026/11/21 10:42:11.482`, which fits where the long form would be cut. */
export function dateTime(at: number): string {
  const { time, ms } = clockParts(at);
  if (language() === 'en') {
    const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(at);
    return date + t('list.join') + time + ms;
  }
  const date = new Intl.DateTimeFormat(language(), { day: '2-digit', month: '2-digit', year: 'numeric' }).format(at);
  return `${date} ${time}${ms}`;
}

/** `10:42:07–10:42:31`, or one time where both ends are in the same second. */
export function clockRange(from: number, to: number): string {
  const [start, end] = [clock(from), clock(to)];
  return start === end ? start : t('range', { from: start, to: end });
}

/** Returns a duration in one unit: `0.4 s`, `12 s`, `3 min`, `1 h`. */
export function age(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < 950 && positive > 0) return t('age.tenths', { n: (Math.ceil(positive / 100) / 10).toString() });
  if (positive < minute) return t('age.seconds', { n: count(Math.round(positive / second)) });
  if (positive < hour) return t('age.minutes', { n: count(Math.floor(positive / minute)) });
  if (positive < 2 * day) return t('age.hours', { n: count(Math.floor(positive / hour)) });
  return t('age.days', { n: count(Math.floor(positive / day)) });
}

/** Returns a measured duration: `0.4 ms`, `111 ms`, `16.5 s`, `3 h 12 min`. */
export function duration(ms: number): string {
  if (ms <= 0) return t('age.under-ms');
  if (ms < second) return t('age.ms', { n: count(ms < 10 ? Math.max(0.1, tenths(ms)) : Math.round(ms)) });
  return ms < minute ? t('age.seconds', { n: count(tenths(ms / second)) }) : span(ms);
}

/** Returns the time left, rounded up to seconds, so that it is `0 s` only at the end: `8 s`. */
export function countdown(ms: number): string {
  return age(Math.max(0, Math.ceil(ms / second)) * second);
}

/** Returns a duration in two units from an hour on: `3 h 12 min`. */
export function span(ms: number): string {
  if (ms < hour) return age(Math.floor(Math.max(0, ms) / second) * second);
  if (ms < day) return t('span.hours', { h: count(Math.floor(ms / hour)), m: count(Math.floor((ms % hour) / minute)) });
  return t('span.days', { d: count(Math.floor(ms / day)), h: count(Math.floor((ms % day) / hour)) });
}

function tenths(n: number): number {
  return Math.floor(n * 10) / 10;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
