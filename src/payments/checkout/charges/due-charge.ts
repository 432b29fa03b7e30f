import type { NamedKey } from '../../../invoices/invoice-key.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { ChargeAnswer, ChargedInvoice, ChargeRefusal } from './charge-question.js';

/** What of one invoice may be charged. */
export interface Charge {
  key: NamedKey;
  invoice: ChargedInvoice | null;
  /** Null where there is none, or it has no due day. */
  dueOn: CalendarDay | null;
  answer: ChargeAnswer;
}

/**
 * The one that the customer is asked for now: of those that something is owed of the deposit first, then by due day.
 * Where nothing is owed, the one whose refusal tells most: a payment under way or looked for, or an invoice that is
 * to be linked anew, else that of the newest invoice. The charges are in the order of their invoices, the deposit's
 * first. Pure.
 */
export function dueCharge(charges: readonly [Charge, ...Charge[]]): Charge {
  const owed = charges.filter(({ answer }) => answer.owed);
  const deposit = owed.find(({ key }) => key.kind === 'deposit');
  if (deposit) return deposit;
  const first = owed.toSorted((a, b) => (a.dueOn ?? '').localeCompare(b.dueOn ?? ''))[0];
  if (first) return first;
  const comes = charges.find(({ answer }) => !answer.owed && TO_COME.has(answer.code));
  return comes ?? charges.at(-1)!;
}

const TO_COME: ReadonlySet<ChargeRefusal> = new Set([
  'payment_pending',
  'payment_unknown',
  'invoice_in_other_currency',
]);
