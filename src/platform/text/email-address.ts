import { domainToUnicode } from 'node:url';
import { isEmail } from 'class-validator';
import { normalizedText } from './normalized-text.js';

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

/** Letters outside ASCII, as they are or in Punycode. */
const IS_INTERNATIONAL = /[^\p{ASCII}]|(^|\.)xn--/iu;
/** What no address has in its domain is not given to the conversion, which takes it for the end of a host. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002-]{1,254}$/u;

/**
 * An address as it is kept, so that one spelling is one person: normalised text, and an international domain in the
 * letters that people read, also where it came in Punycode. Pure.
 */
export function normalizedEmail(text: string): string {
  const address = normalizedText(text);
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  if (at === 0 || !IS_INTERNATIONAL.test(domain) || !DOMAIN.test(domain.normalize('NFKC'))) return address;
  return `${address.slice(0, at)}${domainToUnicode(domain) || domain}`;
}
