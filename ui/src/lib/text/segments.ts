/** Text from outside, made safe to read: what is invisible is shown, nothing can turn its neighbours around. */

import { cutEnd } from './cut';

/** One range of text in one type. */
export type TextSegment = { text: string; kind: SegmentKind };
/** `hidden`: the sign of a character that cannot be seen. `bytes`: what is no text at all, as hex. */
export type SegmentKind = 'plain' | 'key' | 'string' | 'number' | 'literal' | 'punct' | 'hidden' | 'bytes';

/**
 * What a reader cannot see: controls, direction marks and overrides (UAX #9), zero-width characters other than the two
 * joiners that scripts need, line separators, tag characters and halves of surrogate pairs.
 */
const hidden =
  /\r\n|[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

const layout: Record<string, string> = { '↵': '\n', '⇥': '\t' };
const maxTooltip = 600;

/** `text` in segments, with every invisible character as a dim sign of its own. */
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

/** The same for text that keeps its own lines and tabs. */
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

/** What drawing a segment costs beside its text, in characters: thousands in one line freeze a web view. */
export const segmentCost = 64;

/** How many units of `text` can be drawn for `room` characters, and what that costs. No character is split. */
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

/** Short text from outside as one string, for tooltips and accessible names. */
export function visibleText(text: string): string {
  return cutEnd(text, maxTooltip).replace(hidden, sign);
}

/** The language that picks the right forms of Chinese, Japanese and Korean characters; undefined for other text. */
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
