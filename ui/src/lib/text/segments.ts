/** Untrusted text, made safe to read: invisible characters become visible signs. */

import { cutEnd } from './cut';
import { always, emoji, ideograph, pictographic, takesJoiner } from './hidden-characters';

/** A run of text with one style. */
export type TextSegment = { text: string; kind: SegmentKind };
/** `hidden`: a sign for an invisible character. `bytes`: bytes that are not text, as hex. */
export type SegmentKind = 'plain' | 'key' | 'string' | 'number' | 'literal' | 'punct' | 'hidden' | 'bytes';

const joiners = '\\u{200c}\\u{200d}';
const partOfEmoji = `[${pictographic}]|[${emoji}]\\u{fe0f}|[\\u{1f3fb}-\\u{1f3ff}]`;

/**
 * Characters that a reader cannot see, by the engine's list. Joiners and variation selectors are hidden but after
 * characters that take one; halves of surrogate pairs are not text.
 */
const hidden = new RegExp(
  [
    '\\r\\n',
    `[${always}]`,
    `(?<![${takesJoiner}])[${joiners}](?<!(?:${partOfEmoji})\\u{200d}(?=[${pictographic}]))`,
    `(?<![${emoji}])[\\u{fe0e}\\u{fe0f}]`,
    `(?<![${ideograph}])[\\u{fe00}-\\u{fe02}\\u{e0100}-\\u{e01ef}]`,
    '(?<![\\u{1807}\\u{1820}-\\u{18aa}])[\\u{180b}-\\u{180d}\\u{180f}]',
    '[\\u{d800}-\\u{dfff}]',
  ].join('|'),
  'gu',
);

const layout: Record<string, string> = { '↵': '\n', '⇥': '\t' };
const maxTooltip = 600;

/** Splits `text` into segments, with every invisible character as a sign of its own. */
export function textSegments(text: string, kind: SegmentKind = 'plain'): TextSegment[] {
  const segments: TextSegment[] = [];
  let from = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) segments.push({ text: text.slice(from, match.index), kind });
    segments.push({ text: sign(match[0]), kind: 'hidden' });
    from = match.index + match[0].length;
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
  for (const { 0: character, index } of text.matchAll(hidden)) {
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
  return cutEnd(text, maxTooltip).replace(hidden, sign);
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
