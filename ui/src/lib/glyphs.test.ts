import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outcomeGlyphs, severityGlyphs } from './glyphs';
import { setLanguage, t } from './i18n/index.svelte';
import { wordsOf } from './vocabulary';

const sprite = readFileSync('src/glyphs.svg', 'utf8');

describe.each(['en', 'zh-CN'] as const)('glyphs, named in %s,', (language) => {
  it.each(wordsOf(severityGlyphs))('exist for the severity %s', (severity) => {
    setLanguage(language);
    expect(sprite).toContain(`id="${severityGlyphs[severity]}"`);
    expect(t(`severity.${severity}`)).not.toBe('');
  });

  it.each(wordsOf(outcomeGlyphs))('exist for the outcome %s', (outcome) => {
    setLanguage(language);
    expect(sprite).toContain(`id="${outcomeGlyphs[outcome]}"`);
    expect(t(`decision.${outcome}`)).not.toBe('');
  });
});
