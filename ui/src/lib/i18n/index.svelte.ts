/** Texts in the language of the snapshot. A template that calls `t` is redrawn when the language changes. */
import type { Snapshot } from '../../bindings/Snapshot';
import { en } from './en';
import { zhCN } from './zh-CN';

export type Key = keyof typeof en;
export type Language = Snapshot['language'];

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Params<K extends Key> = { [Name in Names<(typeof en)[K]>]: string };
type Args<K extends Key> = [Names<(typeof en)[K]>] extends [never] ? [] : [Params<K>];

type PluralOf<K> = K extends `${infer Base}.one` ? (`${Base}.other` extends Key ? Base : never) : never;
export type PluralKey = PluralOf<Key>;
type PluralArgs<K extends PluralKey> =
  Exclude<Names<(typeof en)[`${K}.other`]>, 'n'> extends never
    ? []
    : [{ [Name in Exclude<Names<(typeof en)[`${K}.other`]>, 'n'>]: string }];

/** A part of a sentence; `name` is its placeholder, or null for the sentence's own text. */
export type Part = { name: string | null; text: string };

const dictionaries: Record<Language, Record<Key, string>> = { en, 'zh-CN': zhCN };
let current = $state<Language>('en');

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
}

/** Returns the text of `key` with its placeholders filled in. */
export function t<K extends Key>(key: K, ...args: Args<K>): string {
  return fill(dictionaries[current][key], args[0] ?? {});
}

/** Returns the singular or plural text of `key` for `n`. */
export function tn<K extends PluralKey>(key: K, n: number, ...args: PluralArgs<K>): string {
  const form = current === 'en' && n === 1 ? 'one' : 'other';
  return fill(dictionaries[current][`${key}.${form}` as Key], { n: count(n), ...(args[0] ?? {}) });
}

/** Returns the text of `key` in parts, so that placeholders can have another font. */
export function parts<K extends Key>(key: K, ...args: Args<K>): Part[] {
  const params: Record<string, string> = args[0] ?? {};
  return dictionaries[current][key]
    .split(/(\{[\w-]+\})/)
    .filter((segment) => segment !== '')
    .map((segment) => {
      const name = /^\{([\w-]+)\}$/.exec(segment)?.[1];
      return name === undefined ? { name: null, text: segment } : { name, text: params[name] ?? '' };
    });
}

/** Returns a whole number with the digit grouping of the language. */
export function count(n: number): string {
  return new Intl.NumberFormat(current).format(n);
}

function fill(text: string, params: Record<string, string>): string {
  return text.replace(/\{([\w-]+)\}/g, (_, name: string) => params[name] ?? '');
}
