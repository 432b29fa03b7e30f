import type { ProposalStatus } from '../../proposals/proposal-lifecycle.js';

/**
 * - `withdrawn`: there is nothing to decide any more
 * - `open`: waits for the customer's yes
 * - `payable`: approved, and the deposit can be paid now
 * - `confirming`: the customer comes from paying, and Stripe has not told us yet
 * - `bank_pending`: the customer's bank has been told to pay
 * - `paid`: the deposit is with us
 * - `settled`: the invoice is paid, by whatever way
 * - `unpayable`: approved, but nothing can be paid now
 * - `taken_back`: the invoice counts as paid, but the customer's bank took the money back
 */
export type Stage =
  | 'withdrawn'
  | 'open'
  | 'payable'
  | 'confirming'
  | 'bank_pending'
  | 'paid'
  | 'settled'
  | 'taken_back'
  | 'unpayable';

/** What the stage of a proposal follows from. */
export interface StageFacts {
  status: ProposalStatus;
  /** What of the customer's payments is with us. */
  paidCents: number;
  /** What the customer's bank took back of the newest payment. */
  lostCents: number;
  /** QuickBooks' word on the invoice, if there is one. */
  invoiceState: string | null;
  /** Whether something may be charged now. */
  owed: boolean;
  /** Of the newest checkout that is neither paid nor over. */
  checkout: 'open' | 'pending' | null;
  /** The customer was led back from a payment page. */
  returning: boolean;
}

const SETTLED = new Set(['paid', 'settled_by_credit']);

/** How far the proposal is, as its customer should see it. Pure. */
export function stageOf(facts: StageFacts): Stage {
  const { status, paidCents, lostCents, invoiceState, owed, checkout, returning } = facts;
  if (status !== 'approved') return status === 'cancelled' ? 'withdrawn' : 'open';
  if (invoiceState !== null && SETTLED.has(invoiceState)) {
    return lostCents > 0 && paidCents === 0 ? 'taken_back' : 'settled';
  }
  if (paidCents > 0) return 'paid';
  if (checkout === 'pending') return 'bank_pending';
  if (!owed) return 'unpayable';
  return returning && checkout === 'open' ? 'confirming' : 'payable';
}
