import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const tokens = readFileSync('src/styles/tokens.css', 'utf8');

it.each([
  ['--font-ui', 'sans-serif'],
  ['--font-mono', 'monospace'],
])('%s tries %s before any font of Chinese, whose Latin quotes are full-width', (token, generic) => {
  const families =
    new RegExp(`${token}:([^;]*);`)
      .exec(tokens)?.[1]
      ?.split(',')
      .map((family) => family.trim()) ?? [];
  const chinese = families.findIndex((family) => /CJK|PingFang|YaHei|Source Han|Noto Sans SC/.test(family));
  expect(chinese).toBeGreaterThan(families.indexOf(generic));
  expect(families).toContain(generic);
});
