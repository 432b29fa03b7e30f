import { normalizedEmail } from '../../../platform/text/email-address.js';

/** The addresses of an e-mail field: QuickBooks keeps several in one, parted by commas (some apps use semicolons). */
export function emailsIn(field: string | null): string[] {
  return (field ?? '')
    .split(/[,;]/)
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

/** What two spellings of one address have in common: case, spaces around it, Unicode form and Punycode do not count. */
export function emailKey(address: string): string {
  return normalizedEmail(address).toLowerCase();
}

/** True when the address is one of the field's. */
export function listsEmail(field: string | null, address: string | null): boolean {
  if (address === null) return false;
  const key = emailKey(address);
  return emailsIn(field).some((one) => emailKey(one) === key);
}

/** At most this many characters fit in QuickBooks' field. */
const FIELD_MAX = 100;

/**
 * The field with `before` exchanged for `after`. The other addresses stay, as long as all of them fit; where `before`
 * is not in it, `after` comes first.
 */
export function withEmail(field: string | null, before: string | null, after: string): string {
  const all = emailsIn(field);
  const key = before === null ? null : emailKey(before);
  const place = all.findIndex((address) => emailKey(address) === key);
  const changed = place >= 0 ? all.with(place, after) : all.length > 1 ? [after, ...all] : [after];
  const text = changed.join(', ');
  return text.length <= FIELD_MAX ? text : after;
}
