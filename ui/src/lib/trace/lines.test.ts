import { describe, expect, it } from 'vitest';
import type { Line } from '../../bindings/Line';
import { firstLines, lineSegments, linesText } from './lines';

const line = (...parts: string[]): Line => ({ parts, end: 'lf' });
const kinds = (...parts: string[]) => {
  const { head, value } = lineSegments(line(...parts));
  return [head, value].map((segments) => segments.map(({ text, kind }) => `${kind} ${text}`));
};

describe('lineSegments', () => {
  it.each([
    [['data: a: b'], ['key data', 'punct :'], ['plain  a: b']],
    [['data'], ['key data'], []],
    [[':keep-alive: 1'], ['punct :'], ['punct keep-alive: 1']],
    [
      ['data:', 'FF', 'x', 'E2 82', ':'],
      ['key data', 'punct :'],
      ['bytes FF', 'plain x', 'bytes E2 82', 'plain :'],
    ],
    [['', 'FF', 'd: x'], ['bytes FF', 'key d', 'punct :'], ['plain  x']],
    [['id: \u202e\u0000'], ['key id', 'punct :'], ['plain  ', 'hidden U+202E', 'hidden U+0000']],
    [[], [], []],
  ])('split %j at its first colon into field and value', (parts, head, value) => {
    expect(kinds(...parts)).toEqual([head, value]);
  });
});

describe('linesText', () => {
  it('keeps the received line ends', () => {
    const lines: Line[] = [
      { parts: ['id: 1'], end: 'crlf' },
      { parts: ['data: ', 'FF', 'x'], end: 'cr' },
      { parts: [], end: 'lf' },
      { parts: ['data: cut'], end: null },
    ];
    expect(linesText(lines)).toBe('id: 1\r\ndata: \ufffdx\r\ndata: cut');
  });
});

describe('firstLines', () => {
  it('returns the lines themselves when all fit', () => {
    const lines = [line('data: a'), line('data: b', 'FF')];
    const first = firstLines(lines, 1000);
    expect(first).toEqual(lines);
    expect(first.at(-1)).toBe(lines.at(-1));
  });

  it('cuts a long line between two characters, without a line end', () => {
    const lines = [line('data: 12'), line('😀😀😀', 'FF', 'x')];
    const second = (room: number) => firstLines(lines, 8 + 64 + room)[1];
    expect(second(3)).toEqual({ parts: ['😀'], end: null });
    expect(second(6 + 2 + 63)).toEqual({ parts: ['😀😀😀'], end: null });
    expect(second(6 + 2 + 64)).toEqual({ parts: ['😀😀😀', 'FF', ''], end: null });
    expect(second(6 + 2 + 64 + 1)).toBe(lines[1]);
  });

  it('counts a higher cost for invisible characters and bytes', () => {
    const drawn = (...parts: string[]) => firstLines([line(...parts)], 16_384)[0]?.parts.join('').length;
    expect(drawn('a\u0001'.repeat(250_000))).toBe(505);
    expect(drawn(...Array<string[]>(5000).fill(['a', 'FF']).flat())).toBeLessThan(800);
    expect(drawn('a'.repeat(250_000))).toBe(16_384);
  });

  it('limits the number of empty lines', () => {
    expect(firstLines(Array<Line>(65_536).fill(line()), 16_384)).toHaveLength(256);
  });
});
