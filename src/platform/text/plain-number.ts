const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/**
 * The number that a text is, as numbers are usually written: digits, perhaps a minus and a decimal point. Null for any
 * other text, such as `0x10`, `1e2`, one with spaces, or nothing: whoever wrote it meant something else. Pure.
 */
export function plainNumber(text: string): number | null {
  return PLAIN_NUMBER.test(text) ? Number(text) : null;
}
