import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setLanguage } from '../i18n/index.svelte';
import { cutEnd, cutMiddle } from './cut';
import { age, clock, clockParts, clockRange, clockShort, countdown, dateTime, duration, span } from './time';
import { unreadBadgeText } from './unread-badge';
import { langOf, textSegments, multilineSegments, visibleText } from './segments';

const at = new Date(2026, 10, 21, 10, 42, 11, 482).getTime();

describe('times', () => {
  it('are local, 24 h, with milliseconds where asked', () => {
    expect(clockParts(at)).toEqual({ time: '10:42:11', ms: '.482' });
    expect(clockParts(new Date(2026, 0, 1, 0, 5, 9, 7).getTime())).toEqual({ time: '00:05:09', ms: '.007' });
    expect([clock(at), clockShort(at)]).toEqual(['10:42:11', '10:42']);
    expect(dateTime(at)).toBe('21 Nov 2026, 10:42:11.482');
    setLanguage('zh-CN');
    expect(dateTime(at)).toBe('2026/11/21 10:42:11.482');
  });

  it('make a range with an en dash, or one time within a second', () => {
    expect(clockRange(at, at + 24_000)).toBe('10:42:11–10:42:35');
    expect(clockRange(at, at + 100)).toBe('10:42:11');
  });
});

describe('ages', () => {
  it.each([
    [0, '0 s'],
    [380, '0.4 s'],
    [12_000, '12 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3 * 60_000 + 59_000, '3 min'],
    [3_600_000, '1 h'],
    [47 * 3_600_000, '47 h'],
    [72 * 3_600_000, '3 d'],
    [-5, '0 s'],
  ])('%i ms is %s', (ms, expected) => {
    expect(age(ms)).toBe(expected);
  });

  it.each([
    [0, 'under 1 ms'],
    [0.43, '0.4 ms'],
    [0.01, '0.1 ms'],
    [7, '7 ms'],
    [17.8, '18 ms'],
    [999.4, '999 ms'],
    [16_590, '16.5 s'],
    [59_990, '59.9 s'],
    [60_000, '1 min'],
    [3 * 3_600_000 + 12 * 60_000, '3 h 12 min'],
  ])('%d ms that something took are %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });

  it('a countdown never reads as over while it is not', () => {
    expect([8400, 7999, 1, 0, -3].map(countdown)).toEqual(['9 s', '8 s', '1 s', '0 s', '0 s']);
  });

  it('a span has two units', () => {
    expect(span(3 * 3_600_000 + 12 * 60_000)).toBe('3 h 12 min');
    expect(span(50 * 3_600_000)).toBe('2 d 2 h');
    expect(span(42_999)).toBe('42 s');
    setLanguage('zh-CN');
    expect(span(3 * 3_600_000 + 12 * 60_000)).toBe('3 小时 12 分钟');
  });
});

describe('cuts', () => {
  it('leave out the middle of ids', () => {
    expect(cutMiddle('88213', 8)).toBe('88213');
    expect(cutMiddle('0c3ff1-8821-b8214', 8)).toBe('0c3…8214');
    expect(cutMiddle('😀😀😀😀😀😀😀😀😀', 8)).toBe('😀😀😀…😀😀😀😀');
    expect(cutMiddle('x'.repeat(4096) + 'end', 8)).toBe('xxx…xend');
  });

  it('leave out the end of names', () => {
    expect(cutEnd('short', 8)).toBe('short');
    expect(cutEnd('a long name', 8)).toBe('a long …');
    expect(cutEnd('😀😀😀😀', 4)).toBe('😀😀😀😀');
  });
});

describe('invisible characters', () => {
  it.each([
    ['\u0000', 'U+0000'],
    ['\u001b', 'U+001B'],
    ['\u0085', 'U+0085'],
    ['\u200b', 'U+200B'],
    ['\u200f', 'U+200F'],
    ['\u2028', 'U+2028'],
    ['\u202e', 'U+202E'],
    ['\u2066', 'U+2066'],
    ['\ufeff', 'U+FEFF'],
    ['\ud800', 'U+D800'],
    ['\u{e0041}', 'U+E0041'],
    ['\n', '↵'],
    ['\r\n', '↵'],
    ['\t', '⇥'],
  ])('%j shows as %s', (character, sign) => {
    expect(textSegments(`a${character}b`)).toEqual([
      { text: 'a', kind: 'plain' },
      { text: sign, kind: 'hidden' },
      { text: 'b', kind: 'plain' },
    ]);
    expect(visibleText(`a${character}b`)).toBe(`a${sign}b`);
  });

  it('leave visible text alone, joiners and pairs included', () => {
    const text = 'العربية 支付 👩‍👧 நி क्‍ष';
    expect(textSegments(text)).toEqual([{ text, kind: 'plain' }]);
  });

  it('keep lines and tabs where text keeps its shape', () => {
    expect(multilineSegments('a\tb\r\nc\u202e')).toEqual([
      { text: 'a\tb\nc', kind: 'plain' },
      { text: 'U+202E', kind: 'hidden' },
    ]);
  });

  it('never make a tooltip endless', () => {
    expect(visibleText('\u0001'.repeat(100_000)).length).toBeLessThan(4000);
  });
});

it('tells Chinese, Japanese and Korean apart', () => {
  expect(['支付', '支払いの', '결제', 'plain'].map(langOf)).toEqual(['zh-CN', 'ja', 'ko', undefined]);
});

it('a pill ends at 999', () => {
  expect([1, 999, 1000].map(unreadBadgeText)).toEqual(['1', '999', '999+']);
});

describe('the clock', () => {
  beforeEach(() => vi.useFakeTimers({ now: at }));
  afterEach(() => vi.useRealTimers());

  it('ticks each 10 s, each second when asked, and not while hidden', async () => {
    const { Clock } = await import('../state/clock.svelte');
    const ticks = vi.spyOn(globalThis, 'setTimeout');
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    const clock = new Clock();
    vi.advanceTimersByTime(30_000);
    expect(ticks).toHaveBeenCalledTimes(4);
    clock.everySecond = true;
    ticks.mockClear();
    vi.advanceTimersByTime(5000);
    expect(ticks.mock.calls.length).toBeGreaterThanOrEqual(5);
    visibility.mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    ticks.mockClear();
    vi.advanceTimersByTime(60_000);
    expect(ticks).not.toHaveBeenCalled();
  });
});
