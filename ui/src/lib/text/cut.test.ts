import { describe, expect, it } from 'vitest';
import { cutEnd, cutMiddle } from './cut';

describe('cut', () => {
  it('leaves out the middle of ids', () => {
    expect(cutMiddle('88213', 8)).toBe('88213');
    expect(cutMiddle('0c3ff1-8821-b8214', 8)).toBe('0c3…8214');
    expect(cutMiddle('😀😀😀😀😀😀😀😀😀', 8)).toBe('😀😀😀…😀😀😀😀');
    expect(cutMiddle('x'.repeat(4096) + 'end', 8)).toBe('xxx…xend');
  });

  it('leaves out the end of names', () => {
    expect(cutEnd('short', 8)).toBe('short');
    expect(cutEnd('a long name', 8)).toBe('a long …');
    expect(cutEnd('😀😀😀😀', 4)).toBe('😀😀😀😀');
  });

  it('cuts between what a reader takes for one character', () => {
    expect(cutEnd('ab👩‍👧‍👦c', 6)).toBe('ab…');
    expect(cutEnd('e\u0301e\u0301e\u0301', 4)).toBe('e\u0301…');
    expect(cutMiddle('🇩🇪🇫🇷🇮🇹🇪🇸', 6)).toBe('🇩🇪…🇪🇸');
    expect(Array.from(cutEnd(`a${'\u0301'.repeat(1000)}b`, 100)).length).toBe(33);
  });
});
