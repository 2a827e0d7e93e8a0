import { describe, expect, it } from 'vitest';
import { chance } from '../../test/rows';
import { level, scan, text, type Value } from './scan';

/** Builds the whole value, to compare with `JSON.parse`. */
function build(source: string, value: Value): unknown {
  if (value.kind === 'array') return level(source, value, Infinity).members.map((m) => build(source, m.value));
  if (value.kind === 'object') {
    return Object.fromEntries(level(source, value, Infinity).members.map((m) => [m.key, build(source, m.value)]));
  }
  if (value.kind === 'string') return text(source, value);
  return JSON.parse(text(source, value));
}

function parses(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}

const samples = [
  '{}',
  '[]',
  ' { "a" : [ 1 , -2.5e+3 , true , null ] , "b" : { "c" : "\\u4e2d\\n\\"" } } ',
  '[[[]],{"":""}]',
  '"text"',
  '-0.5E-7',
  '{"incident":"INC-2041","service":"支付网关","hosts":["a","b"],"n":[{"x":[]}]}',
];

describe('scan', () => {
  it.each(samples)('reads %s as JSON.parse does', (source) => {
    const value = scan(source);
    expect(value).not.toBeNull();
    expect(build(source, value as Value)).toEqual(JSON.parse(source));
  });

  it.each(samples)('accepts every prefix of %s as cut', (source) => {
    for (let end = 1; end < source.length; end += 1) {
      const start = source.slice(0, end);
      if (start.trim() === '') continue;
      expect(scan(start, true), start).not.toBeNull();
      expect(scan(start) !== null, start).toBe(parses(start));
    }
  });

  it('accepts the same of 20,000 mutated texts as JSON.parse (seed 7)', () => {
    const below = chance(7);
    const pick = <T>(from: ArrayLike<T>) => from[Math.floor(below(from.length))] as T;
    for (let i = 0; i < 20_000; i += 1) {
      let source = pick(samples);
      for (let edits = below(3); edits > 0; edits -= 1) {
        const at = Math.floor(below(source.length + 1));
        const cut = Math.floor(below(3));
        source =
          source.slice(0, at) +
          pick(['', '"', '\\', ',', ':', '{', '}', ']', '[', '0', '1', '.', 'e', 't', ' ', '\n']) +
          source.slice(at + cut);
      }
      expect(scan(source) !== null, JSON.stringify(source)).toBe(parses(source));
    }
  });

  it('scans 400,000 nested arrays without recursion', () => {
    const deep = '['.repeat(400_000);
    expect(scan(deep, true)).toMatchObject({ kind: 'array', whole: false });
    expect(scan(deep)).toBeNull();
    expect(scan(deep + ']'.repeat(400_000))).toMatchObject({ whole: true });
  });
});

describe('level', () => {
  it('keeps the order of keys, duplicates and __proto__', () => {
    const source = '{"b":1,"2":2,"1":3,"b":4,"__proto__":5}';
    const { members, count } = level(source, scan(source) as Value, 10);
    expect(members.map(({ key }) => key)).toEqual(['b', '2', '1', 'b', '__proto__']);
    expect(count).toBe(5);
  });

  it('counts all members and returns the first', () => {
    const source = '[1,[2,3],{"a":4},5]';
    const { members, count } = level(source, scan(source) as Value, 2);
    expect(count).toBe(4);
    expect(members.map(({ value }) => text(source, value))).toEqual(['1', '[2,3]']);
  });

  it('returns the members of a cut text', () => {
    const source = '{"a":1,"b":[1,2],"c":"half a se';
    const { members, whole } = level(source, scan(source, true) as Value, 10);
    expect(whole).toBe(false);
    expect(members.map(({ key, value }) => [key, text(source, value), value.whole])).toEqual([
      ['a', '1', true],
      ['b', '[1,2]', true],
      ['c', 'half a se', false],
    ]);
  });
});

describe('text', () => {
  it('keeps every digit of a number', () => {
    const source = '[12345678901234567890.10]';
    const [member] = level(source, scan(source) as Value, 1).members;
    expect(text(source, member?.value as Value)).toBe('12345678901234567890.10');
  });
});
