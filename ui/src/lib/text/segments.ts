/** Untrusted text, made safe to read: invisible characters become visible signs. */

import { cutEnd } from './cut';
import { always, emoji, ideograph, pictographic, takesJoiner } from './hidden-characters';

/** A run of text with one style. */
export type TextSegment = { text: string; kind: SegmentKind };
/** `hidden`: a sign for an invisible character. `bytes`: bytes that are not text, as hex. */
export type SegmentKind = 'plain' | 'key' | 'string' | 'number' | 'literal' | 'punct' | 'hidden' | 'bytes';

/** What may be hidden. Whether a joiner or a selector is, its neighbours say (see `showsNothing`). */
const candidates = new RegExp(
  `\\r\\n|[${always}]|[\\u{200c}\\u{200d}\\u{fe00}-\\u{fe02}\\u{fe0e}\\u{fe0f}\\u{e0100}-\\u{e01ef}]` +
    '|[\\u{180b}-\\u{180d}\\u{180f}]|[\\u{d800}-\\u{dfff}]',
  'gu',
);

const one = (characters: string): RegExp => new RegExp(`^[${characters}]$`, 'u');
const isOf = {
  always: one(always),
  takesJoiner: one(takesJoiner),
  pictographic: one(pictographic),
  emoji: one(emoji),
  ideograph: one(ideograph),
  mongolian: one('\\u{1807}\\u{1820}-\\u{18aa}'),
  skin: one('\\u{1f3fb}-\\u{1f3ff}'),
};

/**
 * Finds the characters that a reader cannot see, by the engine's list. Joiners and variation selectors are hidden but
 * after characters that take one; halves of surrogate pairs are not text. The neighbours are looked at here and not in
 * the expression: WebKit does not look behind at characters beyond U+FFFF.
 */
function* hiddenIn(text: string): Generator<{ character: string; index: number }> {
  for (const { 0: character, index } of text.matchAll(candidates)) {
    if (showsNothing(text, character, index)) yield { character, index };
  }
}

function showsNothing(text: string, character: string, index: number): boolean {
  if (isOf.always.test(character)) return true;
  const before = characterBefore(text, index);
  switch (character) {
    case '\u200c':
      return !isOf.takesJoiner.test(before);
    case '\u200d':
      return !isOf.takesJoiner.test(before) && !joinsEmoji(text, before, index);
    case '\ufe0e':
    case '\ufe0f':
      return !isOf.emoji.test(before);
  }
  if (/^[\ufe00-\ufe02\u{e0100}-\u{e01ef}]$/u.test(character)) return !isOf.ideograph.test(before);
  if (/^[\u180b-\u180d\u180f]$/.test(character)) return !isOf.mongolian.test(before);
  return true;
}

/** Tells whether the joiner at `index` stands between two parts of one emoji. */
function joinsEmoji(text: string, before: string, index: number): boolean {
  if (!isOf.pictographic.test(String.fromCodePoint(text.codePointAt(index + 1) ?? 0))) return false;
  if (before === '\ufe0f') return isOf.emoji.test(characterBefore(text, index - 1));
  return isOf.pictographic.test(before) || isOf.skin.test(before);
}

/** Returns the whole character that ends at `index`, or nothing at the start. */
function characterBefore(text: string, index: number): string {
  const pair = text.slice(Math.max(0, index - 2), index);
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? pair : pair.slice(-1);
}

const layout: Record<string, string> = { '↵': '\n', '⇥': '\t' };
const maxTooltip = 600;

/** Splits `text` into segments, with every invisible character as a sign of its own. */
export function textSegments(text: string, kind: SegmentKind = 'plain'): TextSegment[] {
  const segments: TextSegment[] = [];
  let from = 0;
  for (const { character, index } of hiddenIn(text)) {
    if (index > from) segments.push({ text: text.slice(from, index), kind });
    segments.push({ text: sign(character), kind: 'hidden' });
    from = index + character.length;
  }
  if (from < text.length) segments.push({ text: text.slice(from), kind });
  return segments;
}

/** Does the same, but keeps line breaks and tabs. */
export function multilineSegments(text: string): TextSegment[] {
  const segments: TextSegment[] = [];
  for (const segment of textSegments(text.replace(/\r\n/g, '\n'))) {
    const last = segments.at(-1);
    const kept = segment.kind === 'hidden' ? layout[segment.text] : segment.text;
    if (kept === undefined) segments.push(segment);
    else if (last?.kind === 'plain') segments[segments.length - 1] = { text: last.text + kept, kind: 'plain' };
    else segments.push({ text: kept, kind: 'plain' });
  }
  return segments;
}

/** Cost of drawing a segment in addition to its text, in characters: thousands in one line freeze a web view. */
export const segmentCost = 64;

/** Returns the UTF-16 units of `text` that fit into `room` characters, and their cost. No character is split. */
export function fit(text: string, room: number): { length: number; cost: number } {
  let [from, next, cost] = [0, text.length, 0];
  for (const { character, index } of hiddenIn(text)) {
    if (cost + index - from + segmentCost > room) {
      next = index;
      break;
    }
    cost += index - from + segmentCost;
    from = index + character.length;
  }
  const end = Math.min(next, from + room - cost);
  const length = /[\udc00-\udfff]/.test(text.charAt(end)) && end > from ? end - 1 : end;
  return { length, cost: cost + length - from };
}

/** Returns untrusted text as one string with visible signs, at most 600 characters, for tooltips and accessible names. */
export function visibleText(text: string): string {
  return textSegments(cutEnd(text, maxTooltip))
    .map((segment) => segment.text)
    .join('');
}

/** Returns the language that selects the right forms of Chinese, Japanese and Korean characters; else undefined. */
export function langOf(text: string): 'zh-CN' | 'ja' | 'ko' | undefined {
  if (/[\u3040-\u30ff]/.test(text)) return 'ja';
  if (/[\uac00-\ud7af]/.test(text)) return 'ko';
  if (/[\u3400-\u9fff]/.test(text)) return 'zh-CN';
  return undefined;
}

function sign(character: string): string {
  if (character === '\n' || character === '\r\n' || character === '\r') return '↵';
  if (character === '\t') return '⇥';
  const point = character.codePointAt(0) ?? 0;
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}
