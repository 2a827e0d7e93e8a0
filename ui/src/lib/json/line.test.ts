import { expect, it } from 'vitest';
import type { Piece } from '../text/visible';
import { beginning, line } from './line';
import { scan, type Value } from './scan';

const shown = (pieces: Piece[]) => pieces.map(({ text }) => text).join('');
const of = (kind: Piece['kind'], pieces: Piece[]) => pieces.filter((p) => p.kind === kind).map(({ text }) => text);

it('writes an object on one line, keys bare, what is nested as signs', () => {
  const pieces = line(
    '{"key": "text",\n "n": 1, "ok": true, "o": {"a": 1}, "e": {}, "l": [1, [2], 3], "z": null}',
    false,
  );
  expect(shown(pieces)).toBe('{key: "text", n: 1, ok: true, o: {…}, e: {}, l: [3], z: null}');
  expect(of('key', pieces)).toEqual(['key', 'n', 'ok', 'o', 'e', 'l', 'z']);
  expect(of('string', pieces)).toEqual(['"text"']);
  expect(of('number', pieces)).toEqual(['1']);
  expect(of('literal', pieces)).toEqual(['true', 'null']);
});

it('quotes a key that could be taken for something else', () => {
  expect(shown(line('{"a b":1,"":2,"a:b":3,"区域":4}', false))).toBe('{"a b": 1, "": 2, "a:b": 3, 区域: 4}');
});

it('writes an array', () => {
  expect(shown(line('["a",{"b":1},[]]', false))).toBe('["a", {…}, [0]]');
});

it.each([
  ['{"a":1,"b":"half a se', '{a: 1, b: "half a se…'],
  ['{"a":1,', '{a: 1, …'],
  ['{"a":1,"b', '{a: 1, …'],
  ['{"a":[1,2', '{a: […]'],
  ['{"a":{"b":1', '{a: {…}'],
  ['{"a":12', '{a: 12, …'],
  ['{"a":tr', '{a: tr…'],
  ['{', '{…'],
])('shows %s, cut, as %s', (data, expected) => {
  expect(shown(line(data, true))).toBe(expected);
});

it.each(['Loading bay 3', '{not json}', '42', '"text"', '', '{"a":1} tail', '{"a":1'])('leaves %s as it is', (data) => {
  const pieces = line(data, false);
  expect(shown(pieces)).toBe(data);
  expect(pieces.every(({ kind }) => kind === 'plain')).toBe(true);
});

it('shows line ends, controls and direction marks as dim signs', () => {
  const pieces = line('one\ntwo\r\n\u202egnp.exe\u0007', false);
  expect(shown(pieces)).toBe('one↵two↵U+202Egnp.exeU+0007');
  expect(of('hidden', pieces)).toEqual(['↵', '↵', 'U+202E', 'U+0007']);
  expect(of('hidden', line('{"a":"x\\u202ey","b\\u0000":1}', false))).toEqual(['U+202E', 'U+0000']);
});

it('ends at 240 characters', () => {
  for (const data of ['x'.repeat(600), `{"a":"${'x'.repeat(600)}"}`, JSON.stringify(Array(300).fill('a\u0001'))]) {
    const text = shown(line(data, false));
    expect(text.length).toBeLessThanOrEqual(240);
    expect(text.endsWith('…')).toBe(true);
  }
});

it('shows the beginning of a container', () => {
  const source = '["pay-gw-n1","pay-gw-n2","pay-gw-n3","pay-gw-n4"]';
  expect(shown(beginning(source, scan(source) as Value))).toBe('["pay-gw-n1", "pay-gw-n2", "pay-gw-n3", …]');
});
