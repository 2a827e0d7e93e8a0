/** An event's lines as they were received, made safe to read. */
import type { Line } from '../../bindings/Line';
import type { LineEnd } from '../../bindings/LineEnd';
import { fit, type TextSegment, segmentCost, textSegments } from '../text/segments';

export type LineSegments = { head: TextSegment[]; value: TextSegment[] };

/** What drawing a line costs beside its text, in characters. */
const lineCost = 64;
const ends: Record<LineEnd, string> = { lf: '\n', crlf: '\r\n', cr: '\r' };

/** A line split at its first colon, as the standard reads it: the field's name, and its value. A comment has no name. */
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

/** As many lines as can be drawn for `room` characters; the last may be cut, and has no end then. */
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

/** The lines as one text, with the ends they had. Bytes that are no UTF-8 are U+FFFD, as in the event itself. */
export function linesText(lines: readonly Line[]): string {
  const text = ({ parts, end }: Line) =>
    parts.map((part, place) => (isBytes(place) ? '\ufffd' : part)).join('') + (end === null ? '' : ends[end]);
  return lines.map(text).join('');
}

function firstParts(parts: readonly string[], room: number): { parts: string[]; cost: number; isWhole: boolean } {
  const first: string[] = [];
  let cost = 0;
  for (const [place, part] of parts.entries()) {
    // Bytes are few and stay together.
    const fits = isBytes(place) ? { length: part.length, cost: part.length + segmentCost } : fit(part, room - cost);
    if (cost + fits.cost > room) return { parts: first, cost, isWhole: false };
    first.push(part.slice(0, fits.length));
    cost += fits.cost;
    if (fits.length < part.length) return { parts: first, cost, isWhole: false };
  }
  return { parts: first, cost, isWhole: true };
}

/** Text and bytes stand by turns, text first. */
function isBytes(place: number): boolean {
  return place % 2 === 1;
}
