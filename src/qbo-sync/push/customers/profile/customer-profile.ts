import type { CustomerDraft } from '../../../api/model/qbo-objects.js';

/** What the CRM knows of a customer that QuickBooks should know too. */
export interface CrmCustomer {
  id: number;
  email: string;
  fullName: string | null;
  phone: string | null;
}

/** The part of a QuickBooks customer that follows the CRM. */
export interface CustomerProfile {
  displayName: string;
  email: string | null;
  phone: string | null;
}

const DISPLAY_NAME_MAX = 500;

/**
 * How QuickBooks shows this customer: the name in Unicode form NFC, or the e-mail where there is none. QuickBooks
 * refuses colons, tabs and line breaks in names, and more than 500 characters.
 */
export function displayNameOf({ fullName, email }: CrmCustomer): string {
  const name = (fullName ?? '').trim() || email;
  const oneLine = name.normalize('NFC').replace(/\s+/g, ' ').replaceAll(':', ' -').trim();
  return cutTo(DISPLAY_NAME_MAX, oneLine);
}

/** A name of our own for a customer whose name another customer, vendor or employee has: `Ann Ruiz (CRM-17)`. */
export function suffixedName(name: string, customerId: number): string {
  const suffix = ` (CRM-${customerId})`;
  return cutTo(DISPLAY_NAME_MAX - suffix.length, name) + suffix;
}

/** The name again of a customer who was made inactive, to which QuickBooks adds ` (deleted)` or ` (deleted 2)`. */
export function activeName(name: string): string {
  return name.replace(/ \(deleted(?: \d+)?\)$/, '');
}

/**
 * How QuickBooks shows the record of a customer in a foreign currency: `Ann Ruiz (EUR)`, and where another has that,
 * `Ann Ruiz (EUR) (CRM-17)`.
 */
export function currencyNames(name: string, currency: string, customerId: number): string[] {
  const suffix = ` (${currency})`;
  const plain = cutTo(DISPLAY_NAME_MAX - suffix.length, name) + suffix;
  return [plain, suffixedName(plain, customerId)];
}

/** What the CRM says now, as it would be sent. */
export function profileOf(customer: CrmCustomer): CustomerProfile {
  return {
    displayName: displayNameOf(customer),
    email: tidy(customer.email),
    phone: tidy(customer.phone),
  };
}

/** A new customer; what the CRM does not know is left out. */
export function draftOf({ displayName, email, phone }: CustomerProfile): CustomerDraft {
  return { displayName, ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** What a draft says, as a profile. */
export function profileOfDraft({ displayName, email, phone }: CustomerDraft): CustomerProfile {
  return { displayName, email: email ?? null, phone: phone ?? null };
}

/** What QuickBooks says. What is empty there is not there. */
export function profileIn({ displayName, email, phone }: CustomerProfile): CustomerProfile {
  return { displayName, email: email?.trim() || null, phone: phone?.trim() || null };
}

/** A name as people see it: of one form, without double spaces, and without what QuickBooks adds to inactive ones. */
export function seenName(name: string): string {
  return activeName(name.normalize('NFC').replace(/\s+/g, ' ').trim());
}

/** Whether people see the same number: QuickBooks and bookkeepers write `555-0100` as `(555) 0100`. */
export function isSamePhone(one: string | null, other: string | null): boolean {
  const form = (phone: string | null): string => (phone ?? '').toLowerCase().replace(/[^\p{L}\d+]/gu, '');
  return form(one) === form(other);
}

/** NFC and trimmed; what is empty then is null. */
function tidy(text: string | null): string | null {
  return (text ?? '').normalize('NFC').trim() || null;
}

/** At most `max` UTF-16 units, and no half of a surrogate pair or of a letter with its marks. */
function cutTo(max: number, text: string): string {
  if (text.length <= max) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (cut.length + segment.length > max) break;
    cut += segment;
  }
  return cut;
}
