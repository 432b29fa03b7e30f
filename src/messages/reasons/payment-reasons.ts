import type { Amount } from '../../platform/money/money.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { calendarDayText } from '../format.js';
import { stripeWords } from '../stripe-words.js';
import { amountText, forCustomer, namedProposal, type NamedProposal } from './sentence-parts.js';

/** `paid_not_approved`. An amount for each currency. */
export function paidNotApproved(amounts: readonly Amount[], proposal: NamedProposal): string {
  return `${amounts.map(amountText).join(' and ')} was paid for ${namedProposal(proposal)}, which is not approved.`;
}

/** `payment_not_owed`. `part` is null where all of the deposit was not owed; `why` is a sentence. */
export function paymentNotOwed(deposit: string, part: Amount | null, why: string): string {
  return `${part === null ? 'All' : amountText(part)} of ${deposit} was not owed when it was paid. ${why}`;
}

/** Why a payment is not recorded that `payment_left` asks about, as a clause. */
export const LEFT_BEFORE_INVOICE = 'the question about it was closed before its invoice was there';

const BY_NOW = ' By now ';
const OPEN_BY_NOW = ' is open on that invoice.';

/** A reason that says what was open on an invoice, with what is open by now; said before, it is said anew. */
export function withOpenByNow(reason: string, open: Amount): string {
  const asked = reason.endsWith(OPEN_BY_NOW) ? reason.slice(0, reason.lastIndexOf(BY_NOW)) : reason;
  return `${asked}${BY_NOW}${open.cents > 0 ? amountText(open) : 'nothing'}${OPEN_BY_NOW}`;
}

/** A payment as `paymentDescription` names it, and what tells it from another of the same amount. */
export interface DisputedPayment {
  payment: string;
  paidOn: CalendarDay;
  reference: string;
}

/** `dispute_lost` and `dispute_open`. `cause` is Stripe's code, such as `product_not_received`. */
export function disputed(
  { payment, paidOn, reference }: DisputedPayment,
  amount: Amount,
  cause: string,
  { lost }: { lost: boolean },
): string {
  const why = stripeWords(cause);
  const which = `${payment}, paid on ${calendarDayText(paidOn)} (${reference})`;
  return lost
    ? `The bank took back ${amountText(amount)} of ${which}: the dispute (${why}) is lost.`
    : `The bank of the customer disputes ${amountText(amount)} of ${which}, as ${why}.`;
}

/** `total_differs` of a payment by card that somebody changed. `title` as of `paymentUnapplied`. */
export function paymentTotalChanged(title: string, customer: string | null, inQuickBooks: Amount): string {
  return `${title}${forCustomer(customer)} was changed in QuickBooks: it is over ${amountText(inQuickBooks)} there.`;
}

/** `payment_unapplied`. `title` names the payment, `The payment of $3,750.00 for proposal 7`. */
export function paymentUnapplied(title: string, customer: string | null, applied: Amount): string {
  return `${title}${forCustomer(customer)}: QuickBooks applied ${amountText(applied)} of it to the invoice.`;
}

/** `payment_on_other_invoice`. `title` as of `paymentUnapplied`; the invoice by its id: it is none of ours any more. */
export function paymentOnOtherInvoice(title: string, customer: string | null, invoiceId: string): string {
  return (
    `${title}${forCustomer(customer)} was on its way to invoice ${invoiceId} of QuickBooks, and is recorded there; ` +
    'meanwhile somebody linked another invoice in its place.'
  );
}

/** The same where the link was moved once the payment was in the books; both invoices by their ids. */
export function linkMovedSince(
  title: string,
  customer: string | null,
  { recordedOn, linkedId }: { recordedOn: string; linkedId: string },
): string {
  return (
    `${title}${forCustomer(customer)} is recorded on invoice ${recordedOn} of QuickBooks; since then somebody linked ` +
    `invoice ${linkedId} of QuickBooks in its place, which is owed.`
  );
}

/** `payment_removed`. */
export function paymentRemoved(
  amount: Amount,
  { id, customer }: { id: number; customer: string | null },
  how: 'deleted' | 'voided' | 'deleted or voided',
): string {
  return (
    `The payment of ${amountText(amount)} for proposal ${id}${forCustomer(customer)} was ${how} in QuickBooks, ` +
    'but its money is with us.'
  );
}
