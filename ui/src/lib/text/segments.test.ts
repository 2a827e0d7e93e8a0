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

  it('keeps visible text, joiners and surrogate pairs', () => {
    const text = 'العربية 支付 👩‍👧 நி क्‍ष';
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
