import type { CurrencyProblem } from '../../../currencies/currency-rule.js';
import type { NamedKey } from '../../../invoices/invoice-key.js';
import { thePayment } from '../../../invoices/payment-name.js';
import { moneyText } from '../../../messages/format.js';
import { chargeStepCents } from '../../../platform/money/charge-amount.js';
import { chargeProblem } from '../../../proposals/deposit.js';
import { notApprovedReason, type ProposalStatus } from '../../../proposals/proposal-lifecycle.js';

/** An invoice as QuickBooks last said. A state of null was never read. */
export interface ChargedInvoice {
  id: number;
  number: string;
  /** True once QuickBooks has it. */
  isMade: boolean;
  state: string | null;
  totalCents: number;
  balanceCents: number;
}

/** What decides whether a customer may be charged for one invoice, and how much. Cents of the currency. */
export interface ChargeFacts {
  proposalId: number;
  status: ProposalStatus;
  currency: string;
  /** Why the organisation cannot invoice in it now; null where it can. */
  currencyProblem: CurrencyProblem | null;
  /** What is to be paid. */
  key: NamedKey;
  /** The deposit that was approved; null where the total is less than anything that can be charged. */
  depositCents: number | null;
  /** Of a deposit, and of an invoice that is gone: nothing of the contract is left to bill by it. */
  isSpent: boolean;
  /** What of the customer's payments for this is with us. */
  netCents: number;
  /** Some of them were in another currency and are with us. */
  hasOtherMoney: boolean;
  /** What of that is not on the invoice in QuickBooks yet. */
  unrecordedCents: number;
  /** QuickBooks has something of it, on this invoice or not. */
  isInBooks: boolean;
  /** What of it pays other invoices of the customer there. */
  elsewhereCents: number;
  /** What credits of the contract are yet to take off this invoice in QuickBooks. */
  creditsCents: number;
  /** The customer's bank has been asked to pay it. */
  pending: boolean;
  /** A person is asked about money for it that came by a page which is not known here. */
  isInDoubt: boolean;
  /** A person is asked about its invoice, which is in another currency in QuickBooks. */
  isForeign: boolean;
  /** Null where there is none. */
  invoice: ChargedInvoice | null;
}

export const CHARGE_REFUSALS = [
  'proposal_paid',
  'payment_pending',
  'payment_unknown',
  'invoice_in_other_currency',
  'proposal_not_approved',
  'currency_not_enabled',
  'currency_not_active',
  'no_exchange_rate',
  'proposal_without_amount',
  'deposit_not_due',
  'invoice_not_made',
  'invoice_paid',
  'invoice_voided',
  'invoice_deleted',
  'amount_below_minimum',
  'amount_above_maximum',
] as const;
export type ChargeRefusal = (typeof CHARGE_REFUSALS)[number];

export type ChargeAnswer =
  | { owed: true; amountCents: number }
  /** With a sentence for people. */
  | { owed: false; code: ChargeRefusal; reason: string };

/**
 * How much of an invoice may be charged now, or why nothing may. Asked by page, route, payment page and whoever
 * books a payment: nobody else decides. What QuickBooks shows as open, less what was paid or credited here and is not
 * on it yet, is the most. A deposit may be paid before it is billed; once something of it is with us, no more than its
 * invoice comes to beyond that, and nothing before QuickBooks has anything of it. Pure and total.
 */
export function chargeQuestion(facts: ChargeFacts): ChargeAnswer {
  const { proposalId, status, currency, currencyProblem, key } = facts;
  const what = `${thePayment(key)} of proposal ${proposalId}`;
  if (key.kind === 'deposit' && isPaidSoFar(facts) && depositRestCents(facts) === 0) {
    return refuse('proposal_paid', `The deposit of proposal ${proposalId} is paid already.`);
  }
  if (facts.pending) {
    return refuse(
      'payment_pending',
      `The customer's bank is about to pay ${what}. Wait until it has, or has refused.`,
    );
  }
  if (facts.isInDoubt) {
    return refuse(
      'payment_unknown',
      `Stripe has money for ${what} that is not booked here. A person has to see what became of it first, as the ` +
        'inbox says, and the invoice to be read after that.',
    );
  }
  if (facts.isForeign) {
    return refuse(
      'invoice_in_other_currency',
      `The invoice of ${what} is in another currency in QuickBooks than ${currency}. A person has to link the right ` +
        'one first, as the inbox says.',
    );
  }
  if (status !== 'approved') {
    return refuse('proposal_not_approved', notApprovedReason(proposalId, status));
  }
  if (currencyProblem) {
    return refuse(
      currencyProblem.code,
      `Proposal ${proposalId} is in ${currency}. ${currencyProblem.reason}`,
    );
  }
  const gone = facts.invoice && goneReason(facts.invoice, facts.isSpent);
  if (gone) return gone;
  return key.kind === 'deposit' ? depositCharge(facts) : invoiceCharge(facts);
}

function depositCharge({ proposalId, currency, invoice, ...facts }: ChargeFacts): ChargeAnswer {
  if (facts.depositCents === null) {
    return refuse(
      'proposal_without_amount',
      `Proposal ${proposalId} comes to nothing that can be charged. Draft a new one with a price.`,
    );
  }
  if (facts.isSpent) {
    return refuse(
      'deposit_not_due',
      `All of proposal ${proposalId} is billed, so no deposit is due any more.`,
    );
  }
  if (isPaidSoFar(facts))
    return chargeOf(inSteps(depositRestCents({ invoice, ...facts }), currency), currency);
  const isRead = invoice !== null && invoice.isMade && invoice.state !== null;
  if (!isRead) return chargeOf(facts.depositCents, currency);
  const openCents = Math.max(invoice.balanceCents - facts.creditsCents, 0);
  if (openCents === 0) return isCredited(invoice.number);
  return chargeOf(Math.min(facts.depositCents, openCents), currency);
}

function isPaidSoFar({ netCents, hasOtherMoney }: Pick<ChargeFacts, 'netCents' | 'hasOtherMoney'>): boolean {
  return netCents > 0 || hasOtherMoney;
}

/**
 * What is left of a deposit that was paid, as where its invoice was raised or the bank took a part back, or where a
 * bookkeeper has put a part on another invoice, which is asked for less by it. What the customer paid and the invoice
 * does not show is not asked for again. Nothing while QuickBooks is yet to have the payment.
 */
function depositRestCents({
  invoice,
  ...facts
}: Pick<
  ChargeFacts,
  | 'invoice'
  | 'netCents'
  | 'hasOtherMoney'
  | 'unrecordedCents'
  | 'isInBooks'
  | 'elsewhereCents'
  | 'creditsCents'
>): number {
  if (facts.hasOtherMoney || !facts.isInBooks) return 0;
  if (!invoice?.isMade || invoice.state === null || goneReason(invoice, false)) return 0;
  const { totalCents, balanceCents } = invoice;
  const paidCents = facts.netCents - facts.elsewhereCents;
  const openCents = balanceCents - facts.unrecordedCents;
  return Math.max(Math.min(openCents, totalCents - paidCents) - facts.creditsCents, 0);
}

function invoiceCharge({ key, proposalId, currency, invoice, ...facts }: ChargeFacts): ChargeAnswer {
  if (!invoice?.isMade || invoice.state === null) {
    return refuse(
      'invoice_not_made',
      `The invoice of ${thePayment(key)} of proposal ${proposalId} is not in QuickBooks yet.`,
    );
  }
  const openCents = Math.max(invoice.balanceCents - facts.unrecordedCents - facts.creditsCents, 0);
  if (openCents === 0) {
    return facts.creditsCents > 0
      ? isCredited(invoice.number)
      : refuse('invoice_paid', `Invoice ${invoice.number} is paid; QuickBooks is yet to show it.`);
  }
  return chargeOf(inSteps(openCents, currency), currency);
}

function inSteps(cents: number, currency: string): number {
  return cents - (cents % chargeStepCents(currency));
}

function isCredited(number: string): ChargeAnswer {
  return refuse('invoice_paid', `Invoice ${number} is settled by a credit; QuickBooks is yet to show it.`);
}

function chargeOf(amountCents: number, currency: string): ChargeAnswer {
  const problem = chargeProblem(amountCents, currency);
  return problem ? refuse(problem.code, problem.message) : { owed: true, amountCents };
}

/** Why nothing is open on an invoice any more; null where something is. */
function goneReason(
  { number, isMade, state, balanceCents }: ChargedInvoice,
  isSpent: boolean,
): ChargeAnswer | null {
  switch (state) {
    case 'voided':
    case 'deleted':
      return refuse(
        `invoice_${state}`,
        `Invoice ${number} was ${state} in QuickBooks, so nothing is owed. ${
          isSpent
            ? 'Nothing of the contract is left to bill by it.'
            : 'Make it anew first, or cancel the proposal.'
        }`,
      );
    case 'settled_by_credit':
      return refuse('invoice_paid', `Invoice ${number} is settled by a credit or a write-off in QuickBooks.`);
    case 'paid':
      return refuse('invoice_paid', `Invoice ${number} is paid in QuickBooks.`);
    case null:
      return null;
    default:
      return balanceCents > 0 || !isMade
        ? null
        : refuse('invoice_paid', `Nothing is open on invoice ${number} in QuickBooks.`);
  }
}

/**
 * What a payment is beyond what was owed when it came, as a sentence; null where it is not. What its invoice shows in
 * another currency says nothing about that: then it is what was asked for. Pure.
 */
export function beyondOwed(
  paid: { amountCents: number; currency: string },
  asked: { amountCents: number; currency: string },
  answer: ChargeAnswer,
): { cents: number; why: string } | null {
  const isForeign = !answer.owed && answer.code === 'invoice_in_other_currency';
  if (!answer.owed && !isForeign) return { cents: paid.amountCents, why: answer.reason };
  if (paid.currency !== asked.currency) {
    return { cents: paid.amountCents, why: `It was asked for in ${asked.currency}.` };
  }
  const owedCents = answer.owed ? Math.min(answer.amountCents, asked.amountCents) : asked.amountCents;
  if (paid.amountCents <= owedCents) return null;
  return {
    cents: paid.amountCents - owedCents,
    why: `Only ${moneyText(owedCents, paid.currency)} was owed.`,
  };
}

function refuse(code: ChargeRefusal, reason: string): ChargeAnswer {
  return { owed: false, code, reason };
}
