import type { QboCustomer } from '../model/qbo-objects.js';

/** True when this address is one of the customer's; QBO keeps several in one field, parted by commas. */
export function hasEmail(customer: QboCustomer, email: string): boolean {
  const wanted = email.trim().toLowerCase();
  return (customer.email ?? '').split(',').some((address) => address.trim().toLowerCase() === wanted);
}

/** True when QuickBooks would take these for the same name. */
export function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
