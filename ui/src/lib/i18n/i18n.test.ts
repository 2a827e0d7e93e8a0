import { describe, expect, it } from 'vitest';
import { en } from './en';
import { parts, setLanguage, t, tn } from './index.svelte';
import { zhCN } from './zh-CN';

const placeholders = (text: string) => [...text.matchAll(/\{([\w-]+)\}/g)].map(([, name]) => name).sort();
const keys = Object.keys(en) as (keyof typeof en)[];

describe('texts', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(zhCN).sort()).toEqual([...keys].sort());
  });

  it.each(keys)('have the same placeholders in both languages: %s', (key) => {
    // The singular form may write the number as text.
    const ofPair = key.endsWith('.one') ? (key.replace(/one$/, 'other') as keyof typeof en) : key;
    expect(placeholders(zhCN[key])).toEqual(placeholders(en[ofPair]));
  });

  it('differ between the languages wherever there are words', () => {
    const same = keys.filter((key) => en[key] === zhCN[key] && /[a-z]{3}/i.test(en[key].replace(/\{.*?\}/g, '')));
    expect(same).toEqual(['insp.tab.json', 'add.url.placeholder']);
  });

  it('fill in placeholders, choose the plural and group digits', () => {
    expect(t('side.in', { age: '8 s' })).toBe('in 8 s');
    expect(tn('log.rows', 1)).toBe('1 row');
    expect(tn('log.rows', 48_210)).toBe('48,210 rows');
    expect(tn('remove.delete', 1)).toBe('Remove and delete 1 event');
    setLanguage('zh-CN');
    expect(tn('remove.delete', 1)).toBe('移除并删除 1 个事件');
  });

  it('return placeholders as separate parts', () => {
    expect(parts('life.reconnecting.id', { id: 'p-7' })).toEqual([
      { name: null, text: 'Last ID: ' },
      { name: 'id', text: 'p-7' },
      { name: null, text: '.' },
    ]);
  });

  it('do not expand placeholders in values', () => {
    expect(t('head.needs-you', { name: '{age} $& {n}' })).toBe('{age} $& {n} needs you');
  });
});
