import { describe, expect, it } from 'vitest';
import { setLanguage } from '../i18n/index.svelte';
import { age, clock, clockParts, clockRange, clockShort, countdown, dateTime, duration, span } from './time';

const at = new Date(2026, 10, 21, 10, 42, 11, 482).getTime();

describe('points in time', () => {
  it('are local, 24 h, with milliseconds on request', () => {
    expect(clockParts(at)).toEqual({ time: '10:42:11', ms: '.482' });
    expect(clockParts(new Date(2026, 0, 1, 0, 5, 9, 7).getTime())).toEqual({ time: '00:05:09', ms: '.007' });
    expect([clock(at), clockShort(at)]).toEqual(['10:42:11', '10:42']);
    expect(dateTime(at)).toBe('21 Nov 2026, 10:42:11.482');
    setLanguage('zh-CN');
    expect(dateTime(at)).toBe('2026/11/21 10:42:11.482');
  });

  it('form a range with an en dash, or one time within a second', () => {
    expect(clockRange(at, at + 24_000)).toBe('10:42:11–10:42:35');
    expect(clockRange(at, at + 100)).toBe('10:42:11');
  });
});

describe('durations', () => {
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
  ])('show an age of %i ms as %s', (ms, expected) => {
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
  ])('show %d ms of work as %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });

  it('round a countdown up, so that it is 0 s only at its end', () => {
    expect([8400, 7999, 1, 0, -3].map(countdown)).toEqual(['9 s', '8 s', '1 s', '0 s', '0 s']);
  });

  it('show a span in two units', () => {
    expect(span(3 * 3_600_000 + 12 * 60_000)).toBe('3 h 12 min');
    expect(span(50 * 3_600_000)).toBe('2 d 2 h');
    expect(span(42_999)).toBe('42 s');
    setLanguage('zh-CN');
    expect(span(3 * 3_600_000 + 12 * 60_000)).toBe('3 小时 12 分钟');
  });
});
