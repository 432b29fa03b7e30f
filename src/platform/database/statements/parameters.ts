import { normalizedEmail } from '../../text/email-address.js';

/** The values of one statement, numbered in the order they are named. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Takes a value and answers its place, such as `$3`. */
  readonly place = (value: unknown): string => `$${this.values.push(value)}`;
}

/** A pattern for `like` and `ilike` of whatever has the text in it; an address in the spelling in which it is kept. */
export function containing(text: string): string {
  return `%${normalizedEmail(text).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
