/** An event's lines as they were received, made safe to read. */
import type { Line } from '../../bindings/Line';
import type { LineEnd } from '../../bindings/LineEnd';
import { fit, type TextSegment, segmentCost, textSegments } from '../text/segments';

export type LineSegments = { head: TextSegment[]; value: TextSegment[] };

/** Cost of drawing a line in addition to its text, in characters. */
const lineCost = 64;
const ends: Record<LineEnd, string> = { lf: '\n', crlf: '\r\n', cr: '\r' };

/** Splits a line at its first colon into field name and value (WHATWG HTML 9.2.6). A comment has an empty name. */
export function lineSegments({ parts }: Line): LineSegments {
  const head: TextSegment[] = [];
  const value: TextSegment[] = [];
  const valueKind = parts[0]?.startsWith(':') === true ? 'punct' : 'plain';
  let inHead = true;
  parts.forEach((part, place) => {
    if (isBytes(place)) {
      (inHead ? head : value).push({ text: part, kind: 'bytes' });
      return;
    }
    const colon = inHead ? part.indexOf(':') : -1;
    if (colon < 0) {
      (inHead ? head : value).push(...textSegments(part, inHead ? 'key' : valueKind));
      return;
    }
    head.push(...textSegments(part.slice(0, colon), 'key'), { text: ':', kind: 'punct' });
    value.push(...textSegments(part.slice(colon + 1), valueKind));
    inHead = false;
  });
  return { head, value };
}

/** Returns the lines that fit into `room` characters; the last may be cut, and then has no line end. */
export function firstLines(lines: readonly Line[], room: number): Line[] {
  const first: Line[] = [];
  let left = room;
  for (const line of lines) {
    const { parts, cost, isWhole } = firstParts(line.parts, left);
    first.push(isWhole ? line : { parts, end: null });
    left -= cost + lineCost;
    if (!isWhole || left <= 0) break;
  }
  return first;
}

/** Returns the lines as one text with their original line ends. Bytes that are not UTF-8 become U+FFFD, as in the event. */
export function linesText(lines: readonly Line[]): string {
  const text = ({ parts, end }: Line) =>
    parts.map((part, place) => (isBytes(place) ? '\ufffd' : part)).join('') + (end === null ? '' : ends[end]);
  return lines.map(text).join('');
}

function firstParts(parts: readonly string[], room: number): { parts: string[]; cost: number; isWhole: boolean } {
  const first: string[] = [];
  let cost = 0;
  for (const [place, part] of parts.entries()) {
    // Byte runs are short and are not split.
    const fits = isBytes(place) ? { length: part.length, cost: part.length + segmentCost } : fit(part, room - cost);
    if (cost + fits.cost > room) return { parts: first, cost, isWhole: false };
    first.push(part.slice(0, fits.length));
    cost += fits.cost;
    if (fits.length < part.length) return { parts: first, cost, isWhole: false };
  }
  return { parts: first, cost, isWhole: true };
}

/** Text and bytes alternate, text first. */
function isBytes(place: number): boolean {
  return place % 2 === 1;
}
