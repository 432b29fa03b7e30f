import type { Amount } from '../platform/money/money.js';
import { isolatedText } from '../platform/text/isolated-text.js';
import { calendarDayText, momentText, moneyText } from './format.js';
import { stripeWords } from './stripe-words.js';

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
  return `${what} of ${text(amount)}${whose} for proposal ${id}${about}`;
}

/** `deposit_exceeds_final`. */
export function depositExceedsFinal(excess: Amount, proposalId: number): string {
  const deposit = `the deposit of proposal ${proposalId}`;
  return `${text(excess)} of ${deposit} is held beyond what is left to bill of its contract.`;
}

/** `credit_left`. `number` is the credit memo's. */
export function creditLeft(
  number: string | null,
  left: Amount,
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  return `${text(left)} of ${memo} is on no invoice: none of the contract is open.`;
}

const CREDIT_ELSEWHERE = 'the invoices it credits are in another company than the one connected';

/** `credit_beside_refund`. `title` names the credit memo. */
export function creditBesideRefund(title: string, customer: string | null, refunded: Amount): string {
  const why = `a refund may have given it back: ${text(refunded)} of the payments was refunded`;
  return notRecorded(title, customer, why);
}

/** `credit_elsewhere`. `title` names the credit memo. */
export function creditElsewhere(title: string, customer: string | null): string {
  return notRecorded(title, customer, CREDIT_ELSEWHERE);
}

/** `credit_memo_gone`. */
export function creditMemoGone(
  number: string | null,
  amount: Amount,
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `Credit memo ${number ?? ''} of ${text(amount)}${forCustomer(customer)}, of a change order of proposal`;
  return `${memo} ${id}, is gone from QuickBooks, so more is billed than the contract comes to.`;
}

/** `credit_memo_twice`. `otherNumber` is that of the credit memo that was made in its place; null while it is not. */
export function creditMemoTwice(
  number: string | null,
  total: Amount,
  otherNumber: string | null,
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `Credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  const other = otherNumber === null ? 'another one' : `credit memo ${otherNumber}`;
  return `${memo} was voided and stands in QuickBooks again over ${text(total)}, beside ${other} in its place.`;
}

/** `paid_not_approved`. An amount for each currency. */
export function paidNotApproved(amounts: readonly Amount[], proposal: NamedProposal): string {
  return `${amounts.map(text).join(' and ')} was paid for ${named(proposal)}, which is not approved.`;
}

/** `payment_not_owed`. `part` is null where all of the deposit was not owed; `why` is a sentence. */
export function paymentNotOwed(deposit: string, part: Amount | null, why: string): string {
  return `${part === null ? 'All' : text(part)} of ${deposit} was not owed when it was paid. ${why}`;
}

const BY_NOW = ' By now ';
const OPEN_BY_NOW = ' is open on that invoice.';

/** A reason that says what was open on an invoice, with what is open by now; said before, it is said anew. */
export function withOpenByNow(reason: string, open: Amount): string {
  const asked = reason.endsWith(OPEN_BY_NOW) ? reason.slice(0, reason.lastIndexOf(BY_NOW)) : reason;
  return `${asked}${BY_NOW}${open.cents > 0 ? text(open) : 'nothing'}${OPEN_BY_NOW}`;
}

/** `dispute_lost` and `dispute_open`. `cause` is Stripe's code, such as `product_not_received`. */
export function disputed(
  deposit: string,
  amount: Amount,
  cause: string,
  { lost }: { lost: boolean },
): string {
  const why = stripeWords(cause);
  return lost
    ? `The bank took back ${text(amount)} of ${deposit}: the dispute (${why}) is lost.`
    : `The bank of the customer disputes ${text(amount)} of ${deposit} (${why}).`;
}

/** `refund_failed`. `error` is Stripe's code, or what it says. */
export function refundFailed(
  deposit: string,
  amount: Amount,
  { cancelled, error }: { cancelled: boolean; error: string | null },
): string {
  const how = cancelled ? 'was cancelled' : 'failed';
  const why = error === null || error === 'unknown' ? '' : ` (${stripeWords(error)})`;
  return `The refund of ${text(amount)} of ${deposit} ${how} at Stripe${why}: the customer does not have it.`;
}

/** `refund_reversed`. `lost` is what the bank took by a dispute; null where it took nothing. */
export function refundReversed(
  amount: Amount,
  { id, customer }: { id: number; customer: string | null },
  lost: Amount | null,
): string {
  const instead = lost === null ? '' : ` The bank took ${text(lost)} by a dispute instead.`;
  return (
    `${text(amount)} of refunds for proposal ${id}${forCustomer(customer)} stand in QuickBooks, but ` +
    `failed at Stripe afterwards.${instead}`
  );
}

/** `stripe_event_failed`. `about` is a deposit's name; null where the event is about none of ours. */
export function stripeEventFailed(
  { type, eventId }: { type: string; eventId: string },
  about: string | null,
  why: string,
): string {
  const what = about === null ? '' : ` about ${about},`;
  return `Stripe told something${what} that could not be processed (${type}, ${eventId}): ${why}`;
}

/** `payment_unknown`. `payment` is its name, `id` Stripe's. */
export function paidOnLostPage(payment: string, id: string): string {
  return `Stripe has ${payment} (${id}), paid on a page that was opened after the backup and is not known here.`;
}

/** The same of what a bank has yet to pay. */
export function pendingOnLostPage(payment: string, id: string): string {
  const page = 'a page that was opened after the backup and is not known here';
  return `The customer's bank is about to pay ${payment} (${id}) by ${page}.`;
}

/**
 * The same once a person has seen to it, where the invoice that it was for cannot be read since: `reason` is what they
 * were asked, the invoice by QuickBooks' id.
 */
export function unreadAfterLostPage(reason: string, invoiceId: string): string {
  const seen =
    `A person has seen to it, but invoice ${invoiceId} of QuickBooks cannot be read since, so that nobody knows ` +
    'whether the money is on it.';
  return reason.endsWith(seen) ? reason : `${reason} ${seen}`;
}

/** `page_elsewhere`. `payment` is its name; until when it can be paid, in the organisation's time zone. */
export function pageElsewhere(
  payment: string,
  { until, timeZone, isOver }: { until: Date; timeZone: string; isOver: boolean },
): string {
  const can = isOver ? 'could' : 'can';
  return `${unknownPage(payment)} it ${can} be paid there until ${momentText(until, timeZone)}.`;
}

/** The same of one by which a bank is about to pay. */
export function pagePaidElsewhere(payment: string): string {
  const page = unknownPage(payment);
  return `${page} the customer's bank is about to pay it there, and no other page is opened until it has.`;
}

function unknownPage(payment: string): string {
  return `The page for ${payment}, is not known to the Stripe account of this installation, which is another one now:`;
}

/** `total_differs`. */
export function totalDiffers(proposal: NamedProposal, inQuickBooks: Amount, sent: Amount): string {
  return `The invoice of ${named(proposal)}, is over ${text(inQuickBooks)} in QuickBooks instead of ${text(sent)}.`;
}

/** `total_differs` of a refund. `refund` names it: `The refund of $3.00 for proposal 7`. */
export function refundTotalDiffers(refund: string, inQuickBooks: Amount): string {
  return `${refund} is over ${text(inQuickBooks)} in QuickBooks: its tax came to another sum there.`;
}

/** `total_differs` of a refund whose receipt somebody changed. */
export function refundTotalChanged(refund: string, inQuickBooks: Amount): string {
  return `${refund} was changed in QuickBooks: it is over ${text(inQuickBooks)} there.`;
}

/** `total_differs` of a payment by card that somebody changed. `title` as of `paymentUnapplied`. */
export function paymentTotalChanged(title: string, customer: string | null, inQuickBooks: Amount): string {
  return `${title}${forCustomer(customer)} was changed in QuickBooks: it is over ${text(inQuickBooks)} there.`;
}

/** `customer_differs`. `document` names it; the other customer has no name here, as in `invoice_drift`. */
export function customerDiffers(document: string, customer: string | null): string {
  return `${document}${forCustomer(customer)} was moved to another customer in QuickBooks.`;
}

/** `total_differs` of a credit memo that somebody changed. The amounts are before tax where it has any. */
export function creditTotalChanged(
  number: string | null,
  { inQuickBooks, sent, isTaxed }: { inQuickBooks: Amount; sent: Amount; isTaxed: boolean },
  { id, customer }: Omit<NamedProposal, 'name'>,
): string {
  const memo = `Credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  const tax = isTaxed ? ' before tax' : '';
  return `${memo} was changed in QuickBooks: it is over ${text(inQuickBooks)}${tax} there instead of ${text(sent)}.`;
}

/** `total_differs` in the home currency alone, which both sums are in. */
export function homeTotalDiffers(proposal: NamedProposal, inQuickBooks: Amount, sent: Amount): string {
  return (
    `The invoice of ${named(proposal)}, is worth ${text(inQuickBooks)} in QuickBooks' home currency instead of ` +
    `${text(sent)}: it stands there at another exchange rate than was sent.`
  );
}

/** `invoice_unwanted`. */
export function invoiceUnwanted(proposal: NamedProposal, invoiceNumber: string, total: Amount): string {
  const name = named(proposal);
  return `P${name.slice(1)}, was cancelled while its invoice ${invoiceNumber} over ${text(total)} was being made.`;
}

/** `held_elsewhere`. */
export function heldInOtherBooks(
  invoice: { number: string; proposalId: number; customer: string | null },
  deposit: Amount | null,
  retainage: Amount | null,
): string {
  const parts = [
    ...(deposit ? [`takes ${text(deposit)} off a deposit`] : []),
    ...(retainage ? [`bills ${text(retainage)} of retainage`] : []),
  ];
  const name = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${forCustomer(invoice.customer)}`;
  return `${name} ${parts.join(' and ')} in the books of another company than its own.`;
}

/** `invoice_twice`. `newNumber` is that of the invoice that was made in its place. */
export function invoiceTwice(
  invoice: { number: string; proposalId: number; customer: string | null },
  total: Amount,
  newNumber: string,
): string {
  const name = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${forCustomer(invoice.customer)}`;
  const beside = `invoice ${newNumber}, which was made in its place`;
  return `${name} was voided and stands in QuickBooks again over ${text(total)}, beside ${beside}.`;
}

/**
 * `invoice_drift`: what stands in QuickBooks, and what was sent or stood there first; a day as `2026-03-02`. The other
 * customer has no name here: an item outlives the erasing of it.
 */
export type InvoiceEditText =
  | { field: 'amount'; after: Amount; original: Amount }
  | { field: 'customer' }
  | { field: 'date'; after: string; original: string };

export function invoiceEdited(
  invoice: { number: string; proposalId: number; customer: string | null },
  edit: InvoiceEditText,
): string {
  const who = forCustomer(invoice.customer);
  const begin = `Invoice ${invoice.number} of proposal ${invoice.proposalId}${who} was changed in QuickBooks`;
  switch (edit.field) {
    case 'amount':
      return `${begin}: it is over ${text(edit.after)} there instead of ${text(edit.original)}.`;
    case 'customer':
      return `${begin}: it is made out to another customer there.`;
    case 'date':
      return `${begin}: it is dated ${calendarDayText(edit.after)} there instead of ${calendarDayText(edit.original)}.`;
  }
}

/** `invoice_number_taken`. `own` is the number it was made with; `otherId` the proposal whose number it has. */
export function invoiceNumberTaken(
  { number, proposalId, customer }: { number: string; proposalId: number; customer: string | null },
  { otherId, own }: { otherId: number; own: string },
): string {
  const whose = otherId === proposalId ? 'another invoice of it' : `proposal ${otherId}`;
  const who = forCustomer(customer);
  const invoice = `Invoice ${own} of proposal ${proposalId}${who}`;
  return `${invoice} has number ${number} in QuickBooks, which is that of ${whose}.`;
}

/** `many_invoices_gone`. */
export function manyInvoicesGone(gone: number, linked: number): string {
  return `${gone} of ${linked} linked invoices are gone from QuickBooks at once. None of them was marked deleted.`;
}

/** `customer_drift`. `overwritten` names the fields with the values that QuickBooks had. */
export function customerOverwritten(id: number, name: string, overwritten: string): string {
  return (
    `Customer ${id}, ${isolatedText(name)}, was changed here and in QuickBooks. Overwritten in ` +
    `QuickBooks: ${overwritten}.`
  );
}

/** `refund_removed`. `receipts` are the amounts, for in QuickBooks nobody finds one by its id. */
export function refundRemoved(
  receipts: readonly Amount[],
  proposal: { id: number; customer: string | null },
): string {
  const { name, are } = receiptsText(receipts, proposal);
  return `${name} ${are} gone from QuickBooks, but the customer has the money back.`;
}

/** `refund_without_payment`. `receipts` are the amounts. */
export function refundWithoutPayment(
  receipts: readonly Amount[],
  proposal: { id: number; customer: string | null },
): string {
  const { name, isOne } = receiptsText(receipts, proposal);
  const stands = isOne
    ? 'stands in QuickBooks, but the payment it gives'
    : 'stand in QuickBooks, but the payment they give';
  return `${name} ${stands} back is gone from there.`;
}

/** `payment_unapplied`. `title` names the payment, `The payment of $3,750.00 for proposal 7`. */
export function paymentUnapplied(title: string, customer: string | null, applied: Amount): string {
  return `${title}${forCustomer(customer)}: QuickBooks applied ${text(applied)} of it to the invoice.`;
}

/** `payment_on_other_invoice`. `title` as of `paymentUnapplied`; the invoice by its id: it is none of ours any more. */
export function paymentOnOtherInvoice(title: string, customer: string | null, invoiceId: string): string {
  return (
    `${title}${forCustomer(customer)} was on its way to invoice ${invoiceId} of QuickBooks, and is recorded there; ` +
    'meanwhile somebody linked another invoice in its place.'
  );
}

/** The same of what of a credit memo was on its way. `number` is the credit memo's. */
export function creditOnOtherInvoice(
  number: string | null,
  used: Amount,
  { id, customer }: Omit<NamedProposal, 'name'>,
  invoiceId: string,
): string {
  const memo = `credit memo ${number ?? ''}${forCustomer(customer)}, of a change order of proposal ${id},`;
  return (
    `${text(used)} of ${memo} was on its way to invoice ${invoiceId} of QuickBooks, and is used there; meanwhile ` +
    'somebody took that invoice off the contract.'
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

/**
 * `aging_unexplained`: QuickBooks less ours at the end of a day, of so many customers. Their names are left to the
 * comparison: an item outlives the erasing of a name.
 */
export function agingUnexplained(day: string, { cents, currency }: Amount, customers: number): string {
  const difference = text({ cents: Math.abs(cents), currency });
  const whose = customers === 0 ? '' : ` (of ${customers} ${customers === 1 ? 'customer' : 'customers'})`;
  return (
    `QuickBooks' receivables of ${calendarDayText(day)} are ${difference} ${cents < 0 ? 'less' : 'more'} than the ` +
    `CRM's${whose}, and nothing explains it.`
  );
}

/** `reads_short`, and why there is no report meanwhile. Counts of metered reads; `used` and `forecast` of the month. */
export function fillWaits({
  reads,
  used,
  forecast,
  budget,
}: Record<'reads' | 'used' | 'forecast' | 'budget', number>): string {
  return (
    `Reading the documents of the QuickBooks company for reports takes ${count(reads)} metered reads. Of the ` +
    `${count(budget)} of this month ${count(used)} are used and ${count(Math.max(used, forecast))} will be, so there ` +
    'is no room for it.'
  );
}

/** `payment_removed`. */
export function paymentRemoved(
  amount: Amount,
  { id, customer }: { id: number; customer: string | null },
  how: 'deleted' | 'voided' | 'deleted or voided',
): string {
  return (
    `The payment of ${text(amount)} for proposal ${id}${forCustomer(customer)} was ${how} in QuickBooks, ` +
    'but its money is with us.'
  );
}

/** `reminder_failed` and `reminder_uncertain`. `why` is a sentence. */
export function reminderNotSent(
  number: string | null,
  { id, customer }: Omit<NamedProposal, 'name'>,
  why: string,
): string {
  return `The reminder of invoice ${number ?? ''} of proposal ${id}${forCustomer(customer)}: ${why}`;
}

/** `proposal_not_emailed`. `why` is a sentence. */
export function proposalNotEmailed(proposal: NamedProposal, why: string): string {
  return `The e-mail with ${named(proposal)}, was not taken: ${why}`;
}

function receiptsText(
  receipts: readonly Amount[],
  { id, customer }: { id: number; customer: string | null },
): { name: string; isOne: boolean; are: 'is' | 'are' } {
  const isOne = receipts.length === 1;
  const over = receipts.map(text).join(' and ');
  return {
    name: `The refund ${isOne ? 'receipt' : 'receipts'} over ${over} for proposal ${id}${forCustomer(customer)}`,
    isOne,
    are: isOne ? 'is' : 'are',
  };
}

function named({ id, name, customer }: NamedProposal): string {
  return `proposal ${id}, ${isolatedText(name)}${forCustomer(customer)}`;
}

function count(reads: number): string {
  return reads.toLocaleString('en-US');
}

function text({ cents, currency }: Amount): string {
  return moneyText(cents, currency);
}
