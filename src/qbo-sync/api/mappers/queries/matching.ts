import type { QboCustomer, QboItem } from '../../model/qbo-objects.js';
import { listsEmail } from '../email-list.js';

/** True when this address is one of the customer's; QBO keeps several in one field. */
export function hasEmail(customer: Pick<QboCustomer, 'email'>, email: string): boolean {
  return listsEmail(customer.email, email);
}

/** True when QuickBooks would take these for the same name. */
export function sameName(one: string, other: string): boolean {
  return nameForm(one) === nameForm(other);
}

function nameForm(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

/** Categories and bundles share the names of products and services, and QuickBooks refuses them on a line (2500). */
export function canStandOnLine({ type }: Pick<QboItem, 'type'>): boolean {
  return type !== 'Category' && type !== 'Group';
}
