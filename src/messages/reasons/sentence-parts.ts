import type { Amount } from '../../platform/money/money.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import { moneyText } from '../format.js';

/** A proposal as a sentence names it. `customer` is the name or else the e-mail; null without one. */
export interface NamedProposal {
  id: number;
  name: string;
  customer: string | null;
}

/** ` for Ann Ruiz`, as a part of a sentence; empty without a customer. */
export function forCustomer(customer: string | null): string {
  return customer === null ? '' : ` for ${isolatedText(customer)}`;
}

/** What a person is asked about before something is sent: `title` says what is not recorded, and `why` not. */
export function notRecorded(title: string, customer: string | null, why: string): string {
  return `${title}${forCustomer(customer)}: not recorded in QuickBooks, because ${why}.`;
}

/** `the deposit of $3,750.00 of Ann Ruiz for proposal 7, Roof of 12 Elm Street`; `what` is what was paid. */
export function paymentDescription(
  what: string,
  amount: Amount,
  { id, name, customer }: { id: number; name: string | null; customer: string | null },
): string {
  const whose = customer === null ? '' : ` of ${isolatedText(customer)}`;
  const about = name === null ? '' : `, ${isolatedText(name)}`;
  return `${what} of ${amountText(amount)}${whose} for proposal ${id}${about}`;
}

/** `proposal 7, Roof of 12 Elm Street for Ann Ruiz`. */
export function namedProposal({ id, name, customer }: NamedProposal): string {
  return `proposal ${id}, ${isolatedText(name)}${forCustomer(customer)}`;
}

export function amountText({ cents, currency }: Amount): string {
  return moneyText(cents, currency);
}
