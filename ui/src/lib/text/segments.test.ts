import { describe, expect, it } from 'vitest';
import { langOf, multilineSegments, textSegments, visibleText } from './segments';

describe('textSegments', () => {
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
    ['\u00ad', 'U+00AD'],
    ['\u034f', 'U+034F'],
    ['\u115f', 'U+115F'],
    ['\u17b4', 'U+17B4'],
    ['\u180e', 'U+180E'],
    ['\u200c', 'U+200C'],
    ['\u200d', 'U+200D'],
    ['\u2800', 'U+2800'],
    ['\u3164', 'U+3164'],
    ['\ufe0f', 'U+FE0F'],
    ['\uffa0', 'U+FFA0'],
    ['\u{1d159}', 'U+1D159'],
    ['\u{e01ef}', 'U+E01EF'],
    ['\n', '↵'],
    ['\r\n', '↵'],
    ['\t', '⇥'],
  ])('shows %j as %s', (character, sign) => {
    expect(textSegments(`a${character}b`)).toEqual([
      { text: 'a', kind: 'plain' },
      { text: sign, kind: 'hidden' },
      { text: 'b', kind: 'plain' },
    ]);
    expect(visibleText(`a${character}b`)).toBe(`a${sign}b`);
  });

  it('shows joiners and variation selectors that nothing before them takes', () => {
    expect(visibleText('❤\ufe0f\ufe0f a\ufe0f\u200d👩 👩\u200d\u200d👩')).toBe(
      '❤\ufe0fU+FE0F aU+FE0FU+200D👩 👩U+200DU+200D👩',
    );
  });

  it('keeps visible text, joiners and surrogate pairs', () => {
    const text = 'العربية 支付 👩‍👧 🏳\ufe0f\u200d🌈 👩🏽\u200d🚀 1\ufe0f\u20e3 می\u200cخواهم 葛\u{e0100} நி क्‍ष';
    expect(textSegments(text)).toEqual([{ text, kind: 'plain' }]);
  });

  it('keeps line breaks and tabs of multiline text', () => {
    expect(multilineSegments('a\tb\r\nc\u202e')).toEqual([
      { text: 'a\tb\nc', kind: 'plain' },
      { text: 'U+202E', kind: 'hidden' },
    ]);
  });

  it('limits the length of a tooltip', () => {
    expect(visibleText('\u0001'.repeat(100_000)).length).toBeLessThan(4000);
  });
});

describe('langOf', () => {
  it('distinguishes Chinese, Japanese and Korean', () => {
    expect(['支付', '支払いの', '결제', 'plain'].map(langOf)).toEqual(['zh-CN', 'ja', 'ko', undefined]);
  });
});
