/**
 * Reads JSON one level at a time, in place. Nothing is allocated for what is not shown, numbers keep every digit, keys
 * keep their order and duplicates, and hostile nesting cannot exhaust the stack. The grammar is RFC 8259.
 */

export type ValueKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** A value as a range of the source. `whole` is false where the source ended inside it. */
export type Value = { kind: ValueKind; start: number; end: number; whole: boolean };

/** A member of an object (`key` is its name) or of an array (`key` is its index). */
export type Member = { key: string | number; value: Value };

export type Level = { members: Member[]; count: number; whole: boolean };

/** Returns the value that fills `source`, or null when it is not JSON. With `cut`, the source may end early. */
export function scan(source: string, cut = false): Value | null {
  const start = skipSpace(source, 0);
  const value = scanValue(source, start);
  if (value === null || (!value.whole && !cut)) return null;
  return skipSpace(source, value.end) === source.length ? value : null;
}

/** Returns the first `limit` members of an object or array, and the count of all. */
export function level(source: string, value: Value, limit: number): Level {
  const members: Member[] = [];
  const isObject = value.kind === 'object';
  let count = 0;
  let at = skipSpace(source, value.start + 1);
  while (at < value.end && source[at] !== '}' && source[at] !== ']') {
    let key: string | number = count;
    if (isObject) {
      const name = scanString(source, at);
      if (name === null || !name.whole) break;
      key = text(source, name);
      at = skipSpace(source, skipSpace(source, name.end) + 1);
      if (at >= value.end) break;
    }
    const member = scanValue(source, at);
    if (member === null) break;
    count += 1;
    if (members.length < limit) members.push({ key, value: member });
    at = skipSpace(source, member.end);
    if (source[at] === ',') at = skipSpace(source, at + 1);
  }
  return { members, count, whole: value.whole };
}

/** Returns the text of a string value with its escapes resolved; of any other value its source. */
export function text(source: string, value: Value): string {
  const raw = source.slice(value.start, value.end);
  if (value.kind !== 'string') return raw;
  const inner = value.whole ? raw.slice(1, -1) : raw.slice(1).replace(/\\(u[\da-fA-F]{0,3})?$/, '');
  return inner.includes('\\') ? inner.replace(/\\(u([\da-fA-F]{4})|.)/g, unescape) : inner;
}

const words: Record<string, ValueKind> = { true: 'boolean', false: 'boolean', null: 'null' };
const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const numberBegun = /-?(?:(?:0|[1-9]\d*)(?:\.(?:\d+(?:[eE][+-]?)?)?|[eE][+-]?)?)?/y;
const numberGoesOn = /[.eE\d]/;

function scanValue(source: string, start: number): Value | null {
  const first = source[start];
  if (first === '{' || first === '[') return scanNested(source, start);
  return scanScalar(source, start);
}

/** Scans a container to its end with an explicit stack. */
function scanNested(source: string, start: number): Value | null {
  const closers: string[] = [];
  const kind: ValueKind = source[start] === '{' ? 'object' : 'array';
  const ended: Value = { kind, start, end: source.length, whole: false };
  let at = start;
  for (;;) {
    // A value starts here.
    const first = source[at];
    if (first === undefined) return ended;
    if (first === '{' || first === '[') {
      closers.push(first === '{' ? '}' : ']');
      at = skipSpace(source, at + 1);
      if (source[at] !== closers.at(-1)) {
        if (first === '[') continue;
        at = scanKey(source, at);
        if (at < 0) return null;
        continue;
      }
    } else {
      const scalar = scanScalar(source, at);
      if (scalar === null) return null;
      if (!scalar.whole) return ended;
      at = skipSpace(source, scalar.end);
    }
    // A value ended here: close its containers; a comma leads to the next value.
    while (closers.length > 0 && source[at] === closers.at(-1)) {
      closers.pop();
      if (closers.length === 0) return { kind, start, end: at + 1, whole: true };
      at = skipSpace(source, at + 1);
    }
    if (at >= source.length) return ended;
    if (source[at] !== ',') return null;
    at = skipSpace(source, at + 1);
    if (closers.at(-1) !== '}') continue;
    at = scanKey(source, at);
    if (at < 0) return null;
  }
}

/** Returns the offset of the value after a key; the source's length when the source ends before, -1 when there is no key. */
function scanKey(source: string, at: number): number {
  if (at >= source.length) return source.length;
  const key = scanString(source, at);
  if (key === null) return -1;
  const colon = skipSpace(source, key.end);
  if (colon >= source.length) return source.length;
  return source[colon] === ':' ? skipSpace(source, colon + 1) : -1;
}

function scanScalar(source: string, start: number): Value | null {
  const first = source[start];
  if (first === undefined) return null;
  if (first === '"') return scanString(source, start);
  if (first === 't' || first === 'f' || first === 'n') return scanWord(source, start);
  number.lastIndex = start;
  if (number.test(source)) {
    const end = number.lastIndex;
    if (end === source.length || !numberGoesOn.test(source[end] as string)) {
      return { kind: 'number', start, end, whole: true };
    }
  }
  numberBegun.lastIndex = start;
  const begun = numberBegun.test(source) && numberBegun.lastIndex === source.length;
  return begun ? { kind: 'number', start, end: source.length, whole: false } : null;
}

function scanWord(source: string, start: number): Value | null {
  for (const [word, kind] of Object.entries(words)) {
    if (source.startsWith(word, start)) return { kind, start, end: start + word.length, whole: true };
    const rest = source.slice(start, start + word.length);
    if (start + rest.length === source.length && word.startsWith(rest)) {
      return { kind, start, end: source.length, whole: false };
    }
  }
  return null;
}

function scanString(source: string, start: number): Value | null {
  if (source[start] !== '"') return null;
  let at = start + 1;
  for (; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === 0x22) return { kind: 'string', start, end: at + 1, whole: true };
    if (code < 0x20) return null;
    if (code !== 0x5c) continue;
    at += 1;
    const escaped = source[at];
    if (escaped === 'u') {
      const digits = source.slice(at + 1, at + 5);
      if (!/^[\da-fA-F]*$/.test(digits)) return null;
      if (digits.length < 4) return { kind: 'string', start, end: source.length, whole: false };
      at += 4;
    } else if (escaped !== undefined && !'"\\/bfnrt'.includes(escaped)) return null;
  }
  return { kind: 'string', start, end: source.length, whole: false };
}

function skipSpace(source: string, at: number): number {
  for (; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
}

function unescape(_: string, escaped: string, hex: string | undefined): string {
  return hex === undefined ? (escapes[escaped] ?? escaped) : String.fromCharCode(parseInt(hex, 16));
}
