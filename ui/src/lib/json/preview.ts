/** One-line previews of data: JSON with its syntax coloured, anything else as received. */
import { type TextSegment, type SegmentKind, textSegments } from '../text/segments';
import { level, scan, text, type Value } from './scan';

const maxLength = 240;
const maxMembers = 60;
const fewMembers = 3;
const maxBeginning = 100;
/** Keys that are unambiguous without quotes. */
const bareKey = /^[\p{L}\p{N}_$.@/-]+$/u;

/** Returns `data` on one line, at most 240 characters. `cut` says that `data` is only a prefix. */
export function previewSegments(data: string, cut: boolean): TextSegment[] {
  const start = /^\s*[{[]/.test(data);
  const value = start ? scan(data, cut) : null;
  const out = new SegmentBuilder();
  if (value === null) {
    out.add(data, 'plain');
    if (cut) out.add('…', 'punct');
    return out.segments;
  }
  addTop(out, data, value);
  return out.segments;
}

/** Returns the segments of a single value: strings in quotes, containers as `{…}` and `[n]`. */
export function valueSegments(source: string, value: Value): TextSegment[] {
  const out = new SegmentBuilder(Number.POSITIVE_INFINITY);
  addValue(out, source, value);
  return out.segments;
}

/** Returns the first members of a container: `["a", "b", …]`. */
export function containerSegments(source: string, value: Value): TextSegment[] {
  const out = new SegmentBuilder(maxBeginning);
  addTop(out, source, value, fewMembers);
  return out.segments;
}

/** Returns a key as it is shown: without quotes where it is unambiguous. */
export function keySegments(key: string | number): TextSegment[] {
  const shown = typeof key === 'number' || bareKey.test(key) ? String(key) : quote(key);
  return textSegments(shown, typeof key === 'number' ? 'punct' : 'key');
}

export const kindOf: Record<Value['kind'], SegmentKind> = {
  object: 'punct',
  array: 'punct',
  string: 'string',
  number: 'number',
  boolean: 'literal',
  null: 'literal',
};

function addTop(out: SegmentBuilder, source: string, value: Value, most = maxMembers): void {
  const { members, count } = level(source, value, most);
  const isObject = value.kind === 'object';
  out.add(isObject ? '{' : '[', 'punct');
  members.forEach((member, index) => {
    if (index > 0) out.add(', ', 'punct');
    if (isObject) {
      out.addSegments(keySegments(member.key));
      out.add(':', 'punct');
      out.add(' ', 'plain');
    }
    addValue(out, source, member.value);
  });
  if (!value.whole) out.add(members.at(-1)?.value.whole === false ? '' : `${count > 0 ? ', ' : ''}…`, 'punct');
  else if (count > members.length) out.add(', …', 'punct');
  if (value.whole) out.add(isObject ? '}' : ']', 'punct');
}

function addValue(out: SegmentBuilder, source: string, value: Value): void {
  if (value.kind === 'object') {
    const empty = value.whole && level(source, value, 0).count === 0;
    out.add(empty ? '{}' : '{…}', 'punct');
  } else if (value.kind === 'array') {
    out.add(value.whole ? `[${level(source, value, 0).count}]` : '[…]', 'punct');
  } else if (value.kind === 'string') {
    const quoted = quote(text(source, value));
    out.add(value.whole ? quoted : `${quoted.slice(0, -1)}…`, 'string');
  } else {
    out.add(value.whole ? text(source, value) : `${text(source, value)}…`, kindOf[value.kind]);
  }
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Collects segments until the line is full. */
class SegmentBuilder {
  segments: TextSegment[] = [];
  #left: number;

  constructor(max = maxLength) {
    this.#left = max;
  }

  add(text: string, kind: SegmentKind): void {
    if (text === '' || this.#left <= 0) return;
    this.addSegments(textSegments(text.length > this.#left * 2 ? text.slice(0, this.#left * 2) : text, kind));
  }

  addSegments(segments: TextSegment[]): void {
    for (const segment of segments) {
      if (this.#left <= 0) return;
      if (segment.text.length < this.#left) {
        this.segments.push(segment);
        this.#left -= segment.text.length;
        continue;
      }
      const points = Array.from(segment.text);
      this.segments.push({ text: `${points.slice(0, this.#left - 1).join('')}…`, kind: segment.kind });
      this.#left = 0;
    }
  }
}
