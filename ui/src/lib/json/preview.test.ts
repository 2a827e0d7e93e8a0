import { describe, expect, it } from 'vitest';
import type { TextSegment } from '../text/segments';
import { containerSegments, previewSegments } from './preview';
import { scan, type Value } from './scan';

const shown = (segments: TextSegment[]) => segments.map(({ text }) => text).join('');
const of = (kind: TextSegment['kind'], segments: TextSegment[]) =>
  segments.filter((p) => p.kind === kind).map(({ text }) => text);

describe('previewSegments', () => {
  it('writes an object on one line, with bare keys and nested values as signs', () => {
    const segments = previewSegments(
      '{"key": "text",\n "n": 1, "ok": true, "o": {"a": 1}, "e": {}, "l": [1, [2], 3], "z": null}',
      false,
    );
    expect(shown(segments)).toBe('{key: "text", n: 1, ok: true, o: {…}, e: {}, l: [3], z: null}');
    expect(of('key', segments)).toEqual(['key', 'n', 'ok', 'o', 'e', 'l', 'z']);
    expect(of('string', segments)).toEqual(['"text"']);
    expect(of('number', segments)).toEqual(['1']);
    expect(of('literal', segments)).toEqual(['true', 'null']);
  });

  it('quotes an ambiguous key', () => {
    expect(shown(previewSegments('{"a b":1,"":2,"a:b":3,"区域":4}', false))).toBe(
      '{"a b": 1, "": 2, "a:b": 3, 区域: 4}',
    );
  });

  it('writes an array', () => {
    expect(shown(previewSegments('["a",{"b":1},[]]', false))).toBe('["a", {…}, [0]]');
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
  ])('shows the prefix %s as %s', (data, expected) => {
    expect(shown(previewSegments(data, true))).toBe(expected);
  });

  it.each(['Loading bay 3', '{not json}', '42', '"text"', '', '{"a":1} tail', '{"a":1'])(
    'keeps text that is not a JSON container: %s',
    (data) => {
      const segments = previewSegments(data, false);
      expect(shown(segments)).toBe(data);
      expect(segments.every(({ kind }) => kind === 'plain')).toBe(true);
    },
  );

  it('shows line ends, controls and direction marks as dim signs', () => {
    const segments = previewSegments('one\ntwo\r\n\u202egnp.exe\u0007', false);
    expect(shown(segments)).toBe('one↵two↵U+202Egnp.exeU+0007');
    expect(of('hidden', segments)).toEqual(['↵', '↵', 'U+202E', 'U+0007']);
    expect(of('hidden', previewSegments('{"a":"x\\u202ey","b\\u0000":1}', false))).toEqual(['U+202E', 'U+0000']);
  });

  it('ends at 240 characters', () => {
    for (const data of ['x'.repeat(600), `{"a":"${'x'.repeat(600)}"}`, JSON.stringify(Array(300).fill('a\u0001'))]) {
      const text = shown(previewSegments(data, false));
      expect(text.length).toBeLessThanOrEqual(240);
      expect(text.endsWith('…')).toBe(true);
    }
  });

  it('shows the first members of a container', () => {
    const source = '["pay-gw-n1","pay-gw-n2","pay-gw-n3","pay-gw-n4"]';
    expect(shown(containerSegments(source, scan(source) as Value))).toBe('["pay-gw-n1", "pay-gw-n2", "pay-gw-n3", …]');
  });
});
