import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const tokens = readFileSync('src/styles/tokens.css', 'utf8');

describe('font tokens', () => {
  it.each([
    ['--font-ui', 'sans-serif'],
    ['--font-mono', 'monospace'],
  ])('list %s with %s before any Chinese font, whose Latin quotes are full-width', (token, generic) => {
    const families =
      new RegExp(`${token}:([^;]*);`)
        .exec(tokens)?.[1]
        ?.split(',')
        .map((family) => family.trim()) ?? [];
    const chinese = families.findIndex((family) => /CJK|PingFang|YaHei|Source Han|Noto Sans SC/.test(family));
    expect(chinese).toBeGreaterThan(families.indexOf(generic));
    expect(families).toContain(generic);
  });
});
