import type { CurrencyProblem } from '../../currencies/currency-rule.js';
import { moneyText } from '../../messages/format.js';
import { chargeProblem } from '../../proposals/deposit.js';
import type { ProposalStatus } from '../../proposals/proposal-lifecycle.js';

/** What decides whether the customer of a proposal may be charged, and how much. Cents of its currency. */
export interface ChargeFacts {
  proposalId: number;
  status: ProposalStatus;
  currency: string;
  /** Why the organisation cannot invoice in it now; null where it can. */
  currencyProblem: CurrencyProblem | null;
  /** The deposit that was approved; null where the total is less than anything that can be charged. */
  depositCents: number | null;
  /** What of the customer's payments is with us, in whatever currency. */
  netCents: number;
  /** The customer's bank has been asked to pay. */
  pending: boolean;
  /** As QuickBooks last said; null where there is none. A state of null was never read. */
  invoice: { number: string; state: string | null; balanceCents: number } | null;
}

export const CHARGE_REFUSALS = [
  'proposal_paid',
  'payment_pending',
  'proposal_not_approved',
  'currency_not_enabled',
  'currency_not_active',
  'no_exchange_rate',
  'proposal_without_amount',
  'invoice_paid',
  'invoice_voided',
  'invoice_deleted',
  'amount_below_minimum',
  'amount_above_maximum',
] as const;
export type ChargeRefusal = (typeof CHARGE_REFUSALS)[number];

export type ChargeAnswer =
  { owed: true; amountCents: number } | { owed: false; code: ChargeRefusal; reason: string };

/**
 * How much of the deposit may be charged now, or why nothing may. Asked by page, route, payment page and whoever
 * books a payment: nobody else decides. What QuickBooks shows as open on the invoice is the most. Pure and total.
 */
export function chargeQuestion(facts: ChargeFacts): ChargeAnswer {
  const { proposalId, status, currency, currencyProblem, depositCents, invoice } = facts;
  if (facts.netCents > 0)
    return refuse('proposal_paid', `The deposit of proposal ${proposalId} is paid already.`);
  if (facts.pending) {
    return refuse(
      'payment_pending',
      `The customer's bank is about to pay the deposit of proposal ${proposalId}. Wait until it has, or has refused.`,
    );
  }
  if (status !== 'approved') {
    return refuse(
      'proposal_not_approved',
      `Proposal ${proposalId} is ${status}; a deposit is paid on an approved one. Approve it first.`,
    );
  }
  if (currencyProblem) {
    return refuse(
      currencyProblem.code,
      `Proposal ${proposalId} is in ${currency}. ${currencyProblem.reason}`,
    );
  }
  const gone = invoice && goneReason(invoice);
  if (gone) return gone;
  if (depositCents === null) {
    return refuse(
      'proposal_without_amount',
      `Proposal ${proposalId} comes to nothing that can be charged. Draft a new one with a price.`,
    );
  }
  const amountCents =
    invoice === null || invoice.state === null ? depositCents : Math.min(depositCents, invoice.balanceCents);
  const problem = chargeProblem(amountCents, currency);
  return problem ? refuse(problem.code, problem.message) : { owed: true, amountCents };
}

/** Why nothing is open on an invoice any more; null where something is. */
function goneReason({
  number,
  state,
  balanceCents,
}: NonNullable<ChargeFacts['invoice']>): ChargeAnswer | null {
  switch (state) {
    case 'voided':
    case 'deleted':
      return refuse(
        `invoice_${state}`,
        `Invoice ${number} was ${state} in QuickBooks, so nothing is owed. Make it anew first, or cancel the proposal.`,
      );
    case 'settled_by_credit':
      return refuse('invoice_paid', `Invoice ${number} is settled by a credit in QuickBooks.`);
    case 'paid':
      return refuse('invoice_paid', `Invoice ${number} is paid in QuickBooks.`);
    case null:
      return null;
    default:
      return balanceCents > 0
        ? null
        : refuse('invoice_paid', `Nothing is open on invoice ${number} in QuickBooks.`);
  }
}

/** What a payment is beyond what was owed when it came, as a sentence; null where it is not. Pure. */
export function beyondOwed(
  paid: { amountCents: number; currency: string },
  asked: { amountCents: number; currency: string },
  answer: ChargeAnswer,
): { cents: number; why: string } | null {
  if (!answer.owed) return { cents: paid.amountCents, why: answer.reason };
  if (paid.currency !== asked.currency) {
    return { cents: paid.amountCents, why: `It was asked for in ${asked.currency}.` };
  }
  const owedCents = Math.min(answer.amountCents, asked.amountCents);
  if (paid.amountCents <= owedCents) return null;
  return {
    cents: paid.amountCents - owedCents,
    why: `Only ${moneyText(owedCents, paid.currency)} was owed.`,
  };
}

function refuse(code: ChargeRefusal, reason: string): ChargeAnswer {
  return { owed: false, code, reason };
}
