import { isEmail } from 'class-validator';

/** Options of the check; a machine's own name, such as `localhost`, is no domain unless `require_tld` is false. */
type EmailOptions = Parameters<typeof isEmail>[1];

/**
 * True of an e-mail address. Text that is not well-formed Unicode (half of a surrogate pair) is none; the library alone
 * throws at it, since it counts bytes by encoding a URI. Pure.
 */
export function isEmailAddress(value: unknown, options?: EmailOptions): boolean {
  return typeof value === 'string' && value.isWellFormed() && isEmail(value, options);
}
