/** An event's times as bars on one scale. All lengths are in milliseconds from the event's first byte. */
import type { Timing } from '../../bindings/Timing';

export type Bar = { step: 'arrived' | 'stored' | 'notified'; from: number; to: number };
export type Bars = { bars: Bar[]; ticks: number[]; end: number };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const stepsOfTicks = [
  ...[1, 2, 5, 10, 20, 40, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * minute),
  ...[1, 2, 4, 6, 12, 24].map((n) => n * hour),
];
const maxTicks = 4;

/** Returns a bar for each step with a known time; each bar starts where the previous one ended. */
export function barsOf({ arrivedAt, tookUs, storedAt, shownAt }: Timing): Bars {
  const took = (tookUs ?? 0) / 1000;
  const bars: Bar[] = tookUs === null ? [] : [{ step: 'arrived', from: 0, to: took }];
  let from = took;
  const add = (step: Bar['step'], at: number | null) => {
    const to = at === null ? -1 : at - arrivedAt + took;
    // The clock was set back in between: there is no meaningful length.
    if (to < from) return;
    bars.push({ step, from, to });
    from = to;
  };
  add('stored', storedAt);
  add('notified', shownAt);
  const end = Math.max(1, from);
  return { bars, ticks: ticksUpTo(end), end };
}

function ticksUpTo(end: number): number[] {
  const longest = stepsOfTicks.at(-1) ?? hour;
  const step = stepsOfTicks.find((size) => end / size < maxTicks) ?? Math.ceil(end / maxTicks / longest) * longest;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, place) => place * step);
}
