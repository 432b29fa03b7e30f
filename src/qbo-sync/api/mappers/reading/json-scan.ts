/**
 * Steps over JSON as bytes of UTF-8, without making anything of it. Promise: what it steps over is exactly what
 * JSON.parse takes, up to a depth no answer of QuickBooks has; each function answers where the value ends, and
 * -1 where it is no JSON.
 */

const DEPTH_MAX = 64;
const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, PLUS, DOT] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2b, 0x2e];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((word) => Buffer.from(word)) as [
  Buffer,
  Buffer,
  Buffer,
];
/** What may follow a backslash, beside `u`. */
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));
const U = 0x75;

/** Where a field's name stands, without its quotes, and its value. */
export type OnField = (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void;
/** Steps over an element that begins here, in the caller's own way, and answers as valueEnd does. */
export type StepOver = (start: number) => number;

/** The first byte at or after `at` that is no white space. */
export function pastSpace(bytes: Uint8Array, at: number): number {
  let here = at;
  for (; here < bytes.length; here += 1) {
    const byte = bytes[here]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return here;
}

/** Steps over any value that begins at `start`. */
export function valueEnd(bytes: Uint8Array, start: number, depth = 0): number {
  const first = bytes[start];
  if (first === QUOTE) return stringEnd(bytes, start);
  if (first === OPEN_OBJECT) return objectEnd(bytes, start, undefined, depth);
  if (first === OPEN_LIST) return listEnd(bytes, start, undefined, depth);
  if (first === TRUE[0]) return wordEnd(bytes, start, TRUE);
  if (first === FALSE[0]) return wordEnd(bytes, start, FALSE);
  if (first === NULL[0]) return wordEnd(bytes, start, NULL);
  return numberEnd(bytes, start);
}

/** Steps over an object and says where each of its fields stands, those of the same name each. */
export function objectEnd(bytes: Uint8Array, start: number, onField?: OnField, depth = 0): number {
  if (bytes[start] !== OPEN_OBJECT || depth > DEPTH_MAX) return -1;
  let at = pastSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    const nameEnd = stringEnd(bytes, at);
    if (nameEnd < 0) return -1;
    const colon = pastSpace(bytes, nameEnd);
    if (bytes[colon] !== COLON) return -1;
    const valueStart = pastSpace(bytes, colon + 1);
    const end = valueEnd(bytes, valueStart, depth + 1);
    if (end < 0) return -1;
    onField?.(at + 1, nameEnd - 1, valueStart, end);
    at = pastSpace(bytes, end);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = pastSpace(bytes, at + 1);
  }
}

/** Steps over a list, element by element. */
export function listEnd(bytes: Uint8Array, start: number, stepOver?: StepOver, depth = 0): number {
  if (bytes[start] !== OPEN_LIST || depth > DEPTH_MAX) return -1;
  let at = pastSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    const end = stepOver ? stepOver(at) : valueEnd(bytes, at, depth + 1);
    if (end < 0) return -1;
    at = pastSpace(bytes, end);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = pastSpace(bytes, at + 1);
  }
}

function stringEnd(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== QUOTE) return -1;
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return -1;
    if (byte === BACKSLASH) {
      at += 1;
      if (bytes[at] === U) {
        for (let digit = 1; digit <= 4; digit += 1) if (!isHexDigit(bytes[at + digit])) return -1;
        at += 4;
      } else if (!ESCAPED.has(bytes[at] ?? 0)) {
        return -1;
      }
    }
  }
  return -1;
}

function numberEnd(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const units = digitsEnd(bytes, at);
  if (units === at || (bytes[at] === 0x30 && units > at + 1)) return -1;
  at = units;
  if (bytes[at] === DOT) {
    const decimals = digitsEnd(bytes, at + 1);
    if (decimals === at + 1) return -1;
    at = decimals;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const signed = bytes[at + 1] === MINUS || bytes[at + 1] === PLUS ? at + 2 : at + 1;
    const exponent = digitsEnd(bytes, signed);
    if (exponent === signed) return -1;
    at = exponent;
  }
  return at;
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at += 1;
  return at;
}

function wordEnd(bytes: Uint8Array, start: number, word: Uint8Array): number {
  for (let at = 0; at < word.length; at += 1) if (bytes[start + at] !== word[at]) return -1;
  return start + word.length;
}

function isHexDigit(byte = 0): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
