import type { CustomerPatch } from '../../../api/model/qbo-objects.js';
import { emailKey, listsEmail, withEmail } from '../../../api/mappers/email-list.js';
import {
  type CrmCustomer,
  type CustomerProfile,
  isSamePhone,
  profileIn,
  profileOf,
  seenName,
  suffixedName,
} from './customer-profile.js';

/** What each side last said of a linked customer. */
export interface CustomerBase {
  /** What the CRM last sent, or held when the link was made. */
  sent: CustomerProfile;
  /** What QuickBooks last said. */
  said: CustomerProfile;
}

export type CustomerField = keyof CustomerProfile;

/** A field that was changed on both sides: the CRM's value is sent, QuickBooks' is overwritten. */
export interface FieldConflict {
  field: CustomerField;
  crm: string | null;
  quickbooks: string | null;
}

export interface CustomerDiff {
  /** What to send; null where QuickBooks shows it already. */
  patch: Omit<CustomerPatch, 'id' | 'syncToken'> | null;
  conflicts: FieldConflict[];
}

/**
 * What to change at QuickBooks: the fields that the CRM changed since it last sent them, and no others. A field that
 * only QuickBooks changed stays as it is there, and one the CRM never knew is not cleared. Nobody hears of a change in
 * QuickBooks that people do not see: of spaces, of the form of a phone number, of a name that is inactive. Pure.
 */
export function diffCustomer(customer: CrmCustomer, { sent, said: shown }: CustomerBase): CustomerDiff {
  const wanted = profileOf(customer);
  const said = { ...profileIn(shown), displayName: seenName(shown.displayName) };
  const patch: NonNullable<CustomerDiff['patch']> = {};
  const conflicts: FieldConflict[] = [];
  const noteConflict = (field: CustomerField): void => {
    conflicts.push({ field, crm: wanted[field], quickbooks: said[field] });
  };
  const forms = (name: string): string[] => [name, suffixedName(name, customer.id)].map(seenName);

  if (
    !forms(wanted.displayName).includes(seenName(sent.displayName)) &&
    !forms(wanted.displayName).includes(said.displayName)
  ) {
    patch.displayName = wanted.displayName;
    if (!forms(sent.displayName).includes(said.displayName)) noteConflict('displayName');
  }
  const email = wanted.email!;
  if (!(sent.email && emailKey(sent.email) === emailKey(email)) && !listsEmail(said.email, email)) {
    patch.email = withEmail(said.email, sent.email, email);
    if (sent.email !== null && !listsEmail(said.email, sent.email)) noteConflict('email');
  }
  if (wanted.phone !== sent.phone && wanted.phone !== said.phone) {
    patch.phone = wanted.phone;
    if (!isSamePhone(sent.phone, said.phone)) noteConflict('phone');
  }
  return { patch: Object.keys(patch).length > 0 ? patch : null, conflicts };
}

/**
 * The base of a link to a customer that was in QuickBooks before: nothing was sent, so what QuickBooks has is kept, and
 * only what it lacks is still to be sent. Pure.
 */
export function baseOfMatched(customer: CrmCustomer, found: CustomerProfile): CustomerBase {
  const wanted = profileOf(customer);
  const said = profileIn(found);
  return {
    sent: {
      displayName: wanted.displayName,
      email: said.email === null ? null : wanted.email,
      phone: said.phone === null ? null : wanted.phone,
    },
    said,
  };
}

const FIELD_NAMES: Record<CustomerField, string> = {
  displayName: 'name',
  email: 'e-mail',
  phone: 'phone',
};

/** What was overwritten, for people: `phone "555-0144" by "555-0100"`. */
export function conflictsText(conflicts: readonly FieldConflict[]): string {
  const shown = (value: string | null): string => (value === null ? 'nothing' : `"${value}"`);
  return conflicts
    .map(({ field, crm, quickbooks }) => `${FIELD_NAMES[field]} ${shown(quickbooks)} by ${shown(crm)}`)
    .join(', ');
}
