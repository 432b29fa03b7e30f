import { chargeStepCents } from '../../platform/money/charge-amount.js';
import type { RevenueBasis } from '../revenue-basis.js';

/** Why QuickBooks' income and ours differ in a document. */
export type RevenueDifferenceReason =
  | 'other_company'
  | 'policy'
  | 'closed_month'
  | 'deposit_held'
  | 'paid_before_invoice'
  | 'credit_used'
  | 'retainage'
  | 'rounding'
  | 'foreign_currency'
  | 'not_ours'
  | 'sales_receipt'
  | 'journal_entry'
  | 'credit_memo'
  | 'refund_receipt'
  | 'bank_deposit'
  | 'unapplied_payment'
  | 'dispute_lost'
  | 'refund_failed'
  | 'not_in_books'
  | 'unexplained';

/** What is ours of one source, and the document in QuickBooks that it stands for. */
export interface OurIncome {
  type: string | null;
  qboId: string | null;
  /** Our own name of it. A milestone, a month of progress and a change order are numbered within their contract. */
  source: string;
  proposalId: number;
  currency: string;
  cents: number;
  isInvoicePolicy: boolean;
  /**
   * What of it is a deposit that is owed to the customer, and no income there: of the deposit's invoice, and of what
   * went back of its payment; below zero of an invoice that releases so much.
   */
  heldCents: number;
  /** Some of it counts in another month than its own, which was closed. */
  isMoved: boolean;
  /** Of an invoice or a refund of ours: nothing of it may be missing in the books. */
  isOurs: boolean;
  /** In the books of a company of QuickBooks that was connected before. */
  isElsewhere: boolean;
  /** Of an invoice: what of it was paid on a day before its own. */
  paidEarlyCents: number;
  /** Of an invoice: what of it credits settled. */
  creditedCents: number;
  /** Of an invoice: what it withholds, or bills of what was withheld; never below zero. */
  retainedCents: number;
  /** Of an invoice: how often money was split among its work and what is no income, such as its tax. */
  splits: number;
  /** Of a refund: what receipts of its payment took off whose refunds failed or were cancelled, as they stand there. */
  failedRefundCents: number;
  /** Of a refund: what of its payment's refunds stays out of the books, as the payment is not there. */
  leftOutCents: number;
  /** Of a refund: the receipts of all refunds of its payment, which are compared together. */
  receiptIds: readonly string[];
}

/** Reasons of documents that are not ours, by their type. */
const BY_TYPE: Readonly<Record<string, RevenueDifferenceReason>> = {
  SalesReceipt: 'sales_receipt',
  JournalEntry: 'journal_entry',
  CreditMemo: 'credit_memo',
  RefundReceipt: 'refund_receipt',
  Deposit: 'bank_deposit',
  Payment: 'unapplied_payment',
};

interface ComparedDocument {
  type: string;
  booked: number;
  ours: readonly OurIncome[];
  difference: number;
}

/**
 * On cash basis money counts on its own day here, and not before the invoice's in QuickBooks, which also takes what a
 * credit settles of an invoice for income, and off it by the credit memo. It has income of all the work that an invoice
 * is over as what it does not withhold, and takes no deposit off for, is paid; here a deposit and retainage are money
 * when they come. It splits each payment among the lines that the invoice has there, which an edit may have made others
 * than ours, so that the last cent can fall elsewhere.
 */
function reasonOfCash(ours: readonly OurIncome[], difference: number): RevenueDifferenceReason {
  const most = (cents: readonly number[]): number => Math.max(0, ...cents);
  const earlyCents = most(ours.map((one) => one.paidEarlyCents));
  const retainedCents = most(ours.map((one) => one.retainedCents));
  const isMore = difference > 0;
  const creditedCents = isMore ? most(ours.map((one) => one.creditedCents)) : 0;
  const depositCents = most(ours.map(({ heldCents }) => (isMore ? -heldCents : heldCents)));
  const isWithin = (cents: number): boolean => cents > 0 && Math.abs(difference) <= cents;
  if (!isMore && isWithin(depositCents)) return 'deposit_held';
  if (isWithin(earlyCents)) return 'paid_before_invoice';
  if (isWithin(creditedCents)) return 'credit_used';
  if (isWithin(depositCents)) return 'deposit_held';
  if (isWithin(retainedCents)) return 'retainage';
  const besideCents = depositCents + retainedCents;
  if (earlyCents > 0 && isWithin(earlyCents + besideCents)) return 'paid_before_invoice';
  if (creditedCents > 0 && isWithin(creditedCents + besideCents)) return 'credit_used';
  if (depositCents > 0 && isWithin(besideCents)) return 'deposit_held';
  if (isWithin(most(ours.map(({ splits, currency }) => splits * chargeStepCents(currency)))))
    return 'rounding';
  return 'unexplained';
}

/** A receipt takes more off than went back, and no more than that refunds of the payment failed. */
function isOfFailedRefund({ type, booked, ours, difference }: ComparedDocument): boolean {
  const failedCents = Math.max(0, ...ours.map((one) => one.failedRefundCents));
  return type === 'RefundReceipt' && booked < 0 && difference < 0 && -difference <= failedCents;
}

/** A refund of a deposit that is owed to the customer is money to us, and lowers no income. */
function isOfHeldDeposit({ ours, difference }: ComparedDocument): boolean {
  return difference > 0 && difference <= Math.max(0, ...ours.map(({ heldCents }) => heldCents));
}

/** Beside receipts of its payment more went back, once the payment was gone from the books. */
function isLeftOut({ type, ours, difference }: ComparedDocument): boolean {
  const leftOutCents = Math.max(0, ...ours.map((one) => one.leftOutCents));
  return type === 'RefundReceipt' && difference > 0 && difference <= leftOutCents;
}

/** The one reason of a document that differs. Pure. */
export function differenceReason(
  document: ComparedDocument,
  basis: RevenueBasis,
  homeCurrency: string,
): RevenueDifferenceReason {
  const { type, booked, ours, difference } = document;
  const some = (is: (one: OurIncome) => boolean): boolean => ours.some(is);
  if (ours.length === 0) return BY_TYPE[type] ?? 'not_ours';
  if (some(({ isElsewhere }) => isElsewhere)) return 'other_company';
  if (some(({ currency }) => currency !== homeCurrency)) return 'foreign_currency';
  if (isOfFailedRefund(document)) return 'refund_failed';
  if (basis === 'accrual' && some(({ isInvoicePolicy }) => !isInvoicePolicy)) return 'policy';
  if (some(({ isMoved }) => isMoved)) return 'closed_month';
  if (some(({ source }) => source.startsWith('dispute'))) return 'dispute_lost';
  if (basis === 'cash' && type === 'RefundReceipt' && isOfHeldDeposit(document)) return 'deposit_held';
  if (basis === 'cash' && type === 'CreditMemo') return 'credit_used';
  if (basis === 'cash' && type === 'Invoice') return reasonOfCash(ours, difference);
  // The credit memo of a change order counts whole, used or not.
  if (some(({ source }) => source.startsWith('credit_memo:'))) return 'unexplained';
  // A credit memo by hand can be larger than what of it is used on our invoices.
  if (type === 'CreditMemo' || some(({ source }) => source.startsWith('application'))) return 'credit_memo';
  if (isLeftOut(document) || (booked === 0 && some(({ isOurs }) => !isOurs))) return 'not_in_books';
  return 'unexplained';
}
