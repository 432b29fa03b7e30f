import { isEmail } from 'class-validator';

/** Options of the check; a machine's own name, such as `localhost`, is no domain unless `require_tld` is false. */
type EmailOptions = Parameters<typeof isEmail>[1];

/** Line breaks among them, which the library takes inside quotes: the address would go on in the next header. */
const HAS_CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * True of an e-mail address in one line. Text that is not well-formed Unicode (half of a surrogate pair) is none; the
 * library alone throws at it, since it counts bytes by encoding a URI. Pure.
 */
export function isEmailAddress(value: unknown, options?: EmailOptions): boolean {
  return (
    typeof value === 'string' && value.isWellFormed() && !HAS_CONTROLS.test(value) && isEmail(value, options)
  );
}
