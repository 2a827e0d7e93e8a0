import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';

/** The sources in which a text may be used: neither tests nor the texts themselves. */
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !/\.test\.ts$|i18n.(en|zh-CN)\.ts$|^test\b|^bindings\b/.test(path))
  .map((path) => readFileSync(join('src', path), 'utf8'))
  .join('\n');

/** Strings, and template strings of which each placeholder stands for one part of a key. */
const strings = new Set([...sources.matchAll(/'([\w.-]+)'/g)].map(([, text]) => text));
const templates = [...sources.matchAll(/`([a-z-]+\.(?:[\w.-]|\$\{[^}`]*\})*)`/g)].map(
  ([, text = '']) => new RegExp(`^${text.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[\\w-]+')}$`),
);

const isUsed = (name: string) => strings.has(name) || templates.some((template) => template.test(name));

describe('texts', () => {
  it.each(Object.keys(en))('are used: %s', (key) => {
    // Plurals are named without their form.
    expect(isUsed(key) || isUsed(key.replace(/\.(one|other)$/, ''))).toBe(true);
  });

  it('are known to be used or not', () => {
    expect(['dialog.cancel', 'error.feed-taken', 'remove.some'].map(isUsed)).toEqual([true, true, true]);
    expect(['dialog.nowhere', 'error.feed-taken.twice'].map(isUsed)).toEqual([false, false]);
  });
});
