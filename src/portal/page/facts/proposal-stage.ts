import type { ProposalStatus } from '../../../proposals/proposal-lifecycle.js';

/**
 * - `withdrawn`: there is nothing to decide any more
 * - `open`: waits for the customer's yes
 * - `payable`: approved, and something can be paid now
 * - `confirming`: the customer comes from paying, and Stripe has not told us yet
 * - `bank_pending`: the customer's bank has been told to pay
 * - `in_doubt`: money came for what is due, and a person has to see what became of it
 * - `invoice_in_question`: the invoice that is due can be paid once a person has put it right
 * - `paid`: what was due is paid, and more will be due later
 * - `complete`: all of the contract is paid
 * - `unpayable`: approved, but nothing can be paid now
 * - `taken_back`: an invoice counts as paid, but the customer's bank took the money back
 */
export type Stage =
  | 'withdrawn'
  | 'open'
  | 'payable'
  | 'confirming'
  | 'bank_pending'
  | 'in_doubt'
  | 'invoice_in_question'
  | 'paid'
  | 'complete'
  | 'taken_back'
  | 'unpayable';

/** What the stage of a proposal follows from. */
export interface StageFacts {
  status: ProposalStatus;
  /** Whether something may be charged now. */
  owed: boolean;
  /** The customer's bank has been told to pay. */
  pending: boolean;
  /** Money came for what is due that is not booked here, and a person is asked. */
  inDoubt: boolean;
  /** A person is asked about the invoice that is due, as it is in another currency in the books. */
  invoiceInQuestion: boolean;
  /** Something was paid and is with us, or an invoice is paid or settled, by whatever way. */
  hasPaid: boolean;
  /** The customer's bank took back what an invoice counts as paid. */
  takenBack: boolean;
  /** What is to be paid, now or later. */
  remainingCents: number;
  /** An invoice over tax is to come beside that. */
  isTaxToCome: boolean;
  hasOpenCheckout: boolean;
  /** The customer was led back from a payment page. */
  returning: boolean;
}

/** How far the proposal is, as its customer should see it. Pure. */
export function stageOf(facts: StageFacts): Stage {
  if (facts.status !== 'approved') return facts.status === 'cancelled' ? 'withdrawn' : 'open';
  if (facts.owed) return facts.returning && facts.hasOpenCheckout ? 'confirming' : 'payable';
  if (facts.pending) return 'bank_pending';
  if (facts.inDoubt) return 'in_doubt';
  if (facts.invoiceInQuestion) return 'invoice_in_question';
  if (facts.takenBack) return 'taken_back';
  if (!facts.hasPaid) return 'unpayable';
  return facts.remainingCents === 0 && !facts.isTaxToCome ? 'complete' : 'paid';
}
