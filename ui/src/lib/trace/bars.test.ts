import { describe, expect, it } from 'vitest';
import type { Timing } from '../../bindings/Timing';
import { barsOf } from './bars';

const timing = (over: Partial<Timing>): Timing => ({
  arrivedAt: 5000,
  ...{ chunks: 2, tookUs: 400, storedAt: 5018, inGroup: 6, shownAt: 5129, sinceLastMs: null },
  ...over,
});

describe('barsOf', () => {
  it('starts each step at the end of the previous one', () => {
    const { bars, ticks, end } = barsOf(timing({}));
    expect(bars).toEqual([
      { step: 'arrived', from: 0, to: 0.4 },
      { step: 'stored', from: 0.4, to: 18.4 },
      { step: 'notified', from: 18.4, to: 129.4 },
    ]);
    expect([ticks, end]).toEqual([[0, 40, 80, 120], 129.4]);
  });

  it('has no bar for an unknown time', () => {
    const steps = (over: Partial<Timing>) => barsOf(timing(over)).bars.map(({ step, from, to }) => [step, from, to]);
    expect(steps({ shownAt: null, tookUs: 0 })).toEqual([
      ['arrived', 0, 0],
      ['stored', 0, 18],
    ]);
    expect(steps({ tookUs: null, storedAt: null })).toEqual([['notified', 0, 129]]);
    expect(steps({ tookUs: null, storedAt: null, shownAt: null })).toEqual([]);
  });

  it('has no bar for a step during which the clock was set back', () => {
    const { bars } = barsOf(timing({ tookUs: 0, storedAt: 4000 }));
    expect(bars).toEqual([
      { step: 'arrived', from: 0, to: 0 },
      { step: 'notified', from: 0, to: 129 },
    ]);
  });

  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [65_000, [0, 20_000, 40_000, 60_000]],
    [40 * 24 * 3_600_000, [0, 864_000_000, 1_728_000_000, 2_592_000_000, 3_456_000_000]],
  ])('divides %i ms by a few round ticks', (ms, ticks) => {
    expect(barsOf(timing({ tookUs: ms * 1000, storedAt: null, shownAt: null })).ticks).toEqual(ticks);
  });
});
