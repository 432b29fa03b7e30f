import type { CustomerDraft, CustomerPatch, QboCustomer } from '../../api/model/qbo-objects.js';

/** What the CRM knows of a customer that QuickBooks should know too. */
export interface CustomerFacts {
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
 * How QuickBooks shows this customer: the name, or the e-mail where there is none. QuickBooks refuses colons, tabs and
 * line breaks in names.
 */
export function displayNameOf({ fullName, email }: CustomerFacts): string {
  const name = (fullName ?? '').trim() || email;
  return name.replace(/\s+/g, ' ').replaceAll(':', ' -').trim().slice(0, DISPLAY_NAME_MAX);
}

/** A name of our own for a customer whose name another customer, vendor or employee has: `Ann Ruiz (CRM-17)`. */
export function suffixedName(name: string, customerId: number): string {
  const suffix = ` (CRM-${customerId})`;
  return name.slice(0, DISPLAY_NAME_MAX - suffix.length) + suffix;
}

export function profileOf(customer: CustomerFacts): CustomerProfile {
  return { displayName: displayNameOf(customer), email: customer.email, phone: customer.phone };
}

export function draftOf({ displayName, email, phone }: CustomerProfile): CustomerDraft {
  return { displayName, ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}

/** What QuickBooks last said. */
export function profileIn({ displayName, email, phone }: QboCustomer): CustomerProfile {
  return { displayName, email, phone };
}

/**
 * The fields to change at QuickBooks so that it shows what the CRM says, or null where it does already. A name that got
 * our suffix because its plain form was taken stays as it is.
 */
export function patchFor(
  customer: CustomerFacts,
  known: CustomerProfile,
): Omit<CustomerPatch, 'id' | 'syncToken'> | null {
  const wanted = profileOf(customer);
  const suffixed = known.displayName === suffixedName(wanted.displayName, customer.id);
  const patch: Omit<CustomerPatch, 'id' | 'syncToken'> = {};
  if (known.displayName !== wanted.displayName && !suffixed) patch.displayName = wanted.displayName;
  if (!sameEmail(known.email, wanted.email)) patch.email = wanted.email;
  if (known.phone !== wanted.phone) patch.phone = wanted.phone;
  return Object.keys(patch).length > 0 ? patch : null;
}

/** E-mail addresses are compared without regard to case. */
export function sameEmail(one: string | null, other: string | null): boolean {
  return (one ?? '').toLowerCase() === (other ?? '').toLowerCase();
}
