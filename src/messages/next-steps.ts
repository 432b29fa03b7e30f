import type { CalendarDay } from '../platform/time/calendar-day.js';
import { moneyText } from './format.js';

/** An invoice of a proposal, as routes name it. */
export interface NamedInvoice {
  id: number;
  proposalId: number;
  /** The deposit's is asked for by its proposal, any other by its own id. */
  isDeposit: boolean;
}

/** How an invoice is made anew that is gone from QuickBooks, or was refused. */
export function remakeRoute({ id, proposalId, isDeposit }: NamedInvoice): string {
  return isDeposit ? `POST /qbo/invoice/${proposalId} with {"again": true}` : `POST /invoices/${id}/remake`;
}

/** `invoice_gone` and `invoice_missing`. `invoice` is the payment's; null where it cannot be made any more. */
export function paymentWithoutInvoiceStep(invoice: NamedInvoice | null, paymentId: number): string {
  const refund = `the customer by POST /payments/${paymentId}/refund {"reason": "…"}, and this closes by itself`;
  return invoice
    ? `Make the invoice anew by ${remakeRoute(invoice)}, and this follows by itself; or refund ${refund}. Where the ` +
        'payment was entered in QuickBooks by hand, resolve this.'
    : `Refund ${refund}; or enter the payment in QuickBooks on what it is for, and resolve this.`;
}

/** `payment_left`. */
export function leftPaymentStep(paymentId: number): string {
  return (
    'See in QuickBooks whether this payment was entered by hand. If so, apply it there to its invoice and resolve ' +
    'this with its id; if not, retry, and it is recorded on its invoice; or refund the customer by POST ' +
    `/payments/${paymentId}/refund {"reason": "…"}, and this closes by itself.`
  );
}

/** `invoice_gone` where the invoice is in another company than the one connected: none is made anew there. */
export function paymentElsewhereStep(paymentId: number): string {
  return (
    'Connect the company of the invoice again, and this follows by itself; or refund the customer by ' +
    `POST /payments/${paymentId}/refund {"reason": "…"}, and this closes by itself.`
  );
}

/** `malformed` of an invoice that is made. */
export const INVOICE_UNREAD_STEP =
  'Open it in QuickBooks, put right what is named, and save it: it is read then, and this closes by itself. Until ' +
  'then look there for whether it is paid. Where all of it is right there, report this with its number.';

/** `uncertain` of what was sent to another company than the one connected. `invoice`: where that was to make one. */
export function sentElsewhereStep(realmId: string, invoice: NamedInvoice | null): string {
  const otherwise = invoice
    ? `look for it there by hand; where there is none, make it here by ${remakeRoute(invoice)}, and this closes.`
    : 'look for it there by hand, and resolve this.';
  return (
    `Connect the company that was connected before, ${realmId}, at /qbo/oauth/start?replace_company=true: it is ` +
    `looked for there by itself, and this closes. Where that company is given up for good, ${otherwise}`
  );
}

/** `paid_not_approved`. Of each payment that came. */
export function paidNotApprovedStep(paymentIds: readonly number[]): string {
  const routes = paymentIds.map((id) => `POST /payments/${id}/refund {"reason": "…"}`).join(' and by ');
  return (
    `Refund the customer by ${routes}, and this closes by itself; or make a new proposal of it and approve that, ` +
    'then resolve this.'
  );
}

/** `payment_not_owed`: what was paid too much, which may be a part of the payment. */
export function notOwedStep(paymentId: number, cents: number): string {
  return `Refund it by ${refundRoute(paymentId, cents)}, or agree with the customer what it is for, then resolve this.`;
}

/** `refund_failed`: as much again as was to go back, and not all that is left of the payment. */
export function refundAgainStep(paymentId: number, cents: number): string {
  const again = refundRoute(paymentId, cents);
  const otherwise = refundRoute(paymentId, cents, ', "outside_stripe": true');
  return (
    `Refund again by ${again}; or pay the customer back in another way and write that down by ${otherwise}. ` +
    'This closes by itself once as much is on its way again, at once or in parts; else resolve it.'
  );
}

/** A refund receipt that is to be lowered, or taken out where all of it is. */
export interface ReceiptToLower {
  /** What QuickBooks has it over; null where that is not known. */
  standsCents: number | null;
  /** What is left of the refunds it is of. */
  toCents: number;
  /** What is too much of it. */
  offCents: number;
  /** What of that stands under the product of the work, though the rest is under that of the deposit. */
  ofWorkCents: number;
  /** The product of the rest; null where it stands under several tax codes. */
  restItem: string | null;
}

/** `refund_reversed` of receipts that name two products: which line is too much, and by how much. */
export function takeOutOfLinesStep(
  receipts: readonly ReceiptToLower[],
  workItem: string,
  currency: string,
): string {
  const parts = receipts.map((receipt) => partsText(receipt, workItem, currency));
  const lower = receipts.map(({ standsCents, toCents }, place) => {
    const over = standsCents === null ? '' : ` over ${moneyText(standsCents, currency)}`;
    const receipt = `the refund receipt${over}`;
    return toCents === 0 ? `delete ${receipt}` : `lower ${receipt} by ${parts[place]!}`;
  });
  const [first, ...others] = lower;
  const all = [`${first!.charAt(0).toUpperCase()}${first!.slice(1)} in QuickBooks`, ...others].join(', and ');
  return (
    `${all}, and this closes by itself; where the books of its day are closed, take that back by a sales receipt of ` +
    `today over ${parts.join(' and ')}, then resolve this.`
  );
}

function partsText(
  { offCents, ofWorkCents, restItem }: ReceiptToLower,
  workItem: string,
  currency: string,
): string {
  const under = (cents: number, what: string): string[] =>
    cents > 0 ? [`${moneyText(cents, currency)} under ${what}`] : [];
  const rest = restItem === null ? 'its other products and tax codes' : `“${restItem}”`;
  return [...under(ofWorkCents, `“${workItem}”`), ...under(offCents - ofWorkCents, rest)].join(' and ');
}

function refundRoute(paymentId: number, cents: number, more = ''): string {
  return `POST /payments/${paymentId}/refund {"amount_cents": ${cents}, "reason": "…"${more}}`;
}

/** `payment_missing` where the payment was recorded, and deleted or voided in QuickBooks since. */
export const REFUND_OF_REMOVED_STEP =
  'Where the payment was entered again in QuickBooks, enter this refund there too and resolve this with its id; ' +
  'where both stay out of the books, resolve this.';

/** `refund_on_account` of a refund that is on an invoice for the rest. */
export const REFUND_PARTLY_ON_ACCOUNT_STEP =
  'Enter in QuickBooks what of it is on account as an expense on Accounts Receivable from the account that the ' +
  'payment went to, linked to the payment, and the rest as a refund receipt, then resolve this; where the payment ' +
  'was put on an invoice meanwhile, or all of it is to come off income, retry.';

/** `page_elsewhere`, by Stripe's id of the page. */
export function pageElsewhereStep(sessionId: string): string {
  return (
    `End the page in the account it was opened in, by POST /v1/checkout/sessions/${sessionId}/expire with a key of ` +
    'that one; or leave its webhook endpoint and signing secret in place until then, so that what is paid is booked, ' +
    'and this closes by itself as soon as something is heard of it. Else see in that account whether it was paid, ' +
    'then resolve this.'
  );
}

/** The same of one whose time is over. */
export function pageOverElsewhereStep(sessionId: string): string {
  return `See in the account it was opened in whether ${sessionId} was paid, then resolve this.`;
}

/** The same of one by which a bank is about to pay. */
export function pagePaidElsewhereStep(sessionId: string): string {
  return (
    'Leave webhook endpoint and signing secret of the account it was opened in in place until the bank has paid ' +
    'or refused: then this closes by itself, and what is paid is booked. Else see in that account what became of ' +
    `${sessionId}, enter in QuickBooks what was paid, then resolve this: from then on the customer is asked again.`
  );
}

/** `payment_unknown` of what a bank has yet to pay. */
export const PENDING_ON_LOST_PAGE_STEP =
  'Wait for the bank: where it refuses, this closes by itself; where it has paid, this says what to do then.';

/** The same once a person has seen to it, where the invoice cannot be read since. */
export const UNREAD_AFTER_LOST_PAGE_STEP =
  'See to the invoice in QuickBooks, as by saving it there again, then resolve this, and it is read once more; or ' +
  'dismiss this: then the customer is asked for what was last known to be open on it.';

/** `credit_left` of a proposal that is cancelled. */
export const CREDIT_OF_CANCELLED_STEP =
  'Void it in QuickBooks, as nothing of the proposal is owed that it would be taken off, and this closes by itself; ' +
  'to leave it as a credit of the customer, resolve this.';

/** `total_differs` of an invoice in another currency than its proposal. */
export const OTHER_CURRENCY_STEP =
  'Link the invoice that is in the currency of the proposal (leads.qbo_invoice_id), and this closes by itself; until ' +
  'then nothing is charged for it, what is paid for it waits, and what is owed and earned by it is wrong. To keep it ' +
  'as it is, resolve this: its amounts are charged in the currency of the proposal then.';

/** `payment_on_other_invoice` of a credit memo. */
export const CREDIT_ON_OTHER_INVOICE_STEP =
  'Where the credit is for an invoice of the contract, use it on that one in QuickBooks instead; else link the other ' +
  'one again. Either closes this by itself; to leave it there, resolve this.';

/** `stripe_event_failed` of one that cannot be read at all, so that nothing comes of trying it again. */
export const UNREADABLE_EVENT_STEP =
  'Do by hand what the event in Stripe tells of, report it with its id, and resolve this.';

/** `aging_unexplained`: without the day another one would be compared, and the item stay open. */
export function compareAgingStep(day: CalendarDay, lacksAccounts = false): string {
  const first = lacksAccounts
    ? 'What is on receivables by its account alone, as journal entries are, is not known here, since the chart of ' +
      'accounts may not be read: have QuickBooks connected by somebody who may, at /qbo/oauth/start. '
    : '';
  return (
    `${first}Compare the day again by POST /reports/aging/compare {"as_of": "${day}"}: it names the customers. ` +
    'Look at them in QuickBooks and in GET /reports/aging?scope=company; when every cent has its reason, this closes ' +
    'by itself.'
  );
}
