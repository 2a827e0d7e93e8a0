/** An event's lines as they were received, made safe to read. */
import type { Line } from '../../bindings/Line';
import type { LineEnd } from '../../bindings/LineEnd';
import { type Piece, visible } from '../text/visible';

export type LinePieces = { head: Piece[]; value: Piece[] };

/** What drawing a line costs beside its text, in characters. */
const lineCost = 64;
const ends: Record<LineEnd, string> = { lf: '\n', crlf: '\r\n', cr: '\r' };

/** A line split at its first colon, as the standard reads it: the field's name, and its value. A comment has no name. */
export function linePieces({ parts }: Line): LinePieces {
  const head: Piece[] = [];
  const value: Piece[] = [];
  const valueKind = parts[0]?.startsWith(':') === true ? 'punct' : 'plain';
  let inHead = true;
  parts.forEach((part, place) => {
    if (isBytes(place)) {
      (inHead ? head : value).push({ text: part, kind: 'bytes' });
      return;
    }
    const colon = inHead ? part.indexOf(':') : -1;
    if (colon < 0) {
      (inHead ? head : value).push(...visible(part, inHead ? 'key' : valueKind));
      return;
    }
    head.push(...visible(part.slice(0, colon), 'key'), { text: ':', kind: 'punct' });
    value.push(...visible(part.slice(colon + 1), valueKind));
    inHead = false;
  });
  return { head, value };
}

/** As many lines as `room` characters hold; the last may be cut, and has no end then. */
export function firstLines(lines: readonly Line[], room: number): Line[] {
  const first: Line[] = [];
  let left = room;
  for (const line of lines) {
    const length = line.parts.reduce((sum, part) => sum + part.length, 0);
    if (length > left) {
      first.push({ parts: firstParts(line.parts, left), end: null });
      break;
    }
    first.push(line);
    left -= length + lineCost;
    if (left <= 0) break;
  }
  return first;
}

/** The lines as one text, with the ends they had. Bytes that are no UTF-8 are U+FFFD, as in the event itself. */
export function linesText(lines: readonly Line[]): string {
  const text = ({ parts, end }: Line) =>
    parts.map((part, place) => (isBytes(place) ? '\ufffd' : part)).join('') + (end === null ? '' : ends[end]);
  return lines.map(text).join('');
}

function firstParts(parts: readonly string[], room: number): string[] {
  const first: string[] = [];
  let left = room;
  for (const [place, part] of parts.entries()) {
    if (left <= 0) break;
    if (part.length <= left) first.push(part);
    // Bytes are hex and not worth cutting in the middle.
    else if (!isBytes(place)) first.push(cutBetween(part, left));
    if (part.length > left) break;
    left -= part.length;
  }
  return first;
}

/** The first `length` units of a text, or one less where that would split a character. */
function cutBetween(text: string, length: number): string {
  const next = text.charCodeAt(length);
  return text.slice(0, next >= 0xdc00 && next <= 0xdfff ? length - 1 : length);
}

/** Text and bytes stand by turns, text first. */
function isBytes(place: number): boolean {
  return place % 2 === 1;
}
