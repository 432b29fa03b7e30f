import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { isLive, type QboState } from '../../invoices/invoice-state.js';
import type { DepositMode } from '../../orgs/settings/org-settings.entity.js';
import { sumCents } from '../../platform/money/cents.js';
import type { InvoiceCredits } from '../settlement/settlements.js';
import type { CreditMemoState } from '../credits/credit-memo.entity.js';

/** The terms of a contract that decide what its invoices mean. */
export interface ContractTerms {
  valueCents: number;
  depositMode: DepositMode;
}

/** An invoice of a contract, as far as its money goes. */
export interface ContractInvoice extends InvoiceCredits {
  id: number;
  kind: InvoiceKind;
  sequence: number;
  generation: number;
  /** Null until QuickBooks was read. */
  state: QboState | null;
  /** QuickBooks said no to it, or it was called off: it is not there and does not come by itself. */
  isRefused: boolean;
  /** What was asked of QuickBooks before tax; null where nothing was asked yet. */
  amountCents: number | null;
  /** What QuickBooks says it is over, with tax; null until it was read. */
  totalCents: number | null;
  taxCents: number | null;
  /** Withheld by it; negative where it bills what was withheld. */
  retainedCents: number;
  /** Of the deposit that was held, released by it; on the invoice of that deposit, what of it is work at once. */
  releasedCents: number;
}

/** A credit memo of a change order. */
export interface ContractCredit {
  id: number;
  /** Null until QuickBooks has it. */
  state: CreditMemoState | null;
  /** As of an invoice. */
  isRefused: boolean;
  /** What is credited before tax. */
  amountCents: number;
  /** As QuickBooks has it, with tax; null until it is made. */
  totalCents: number | null;
  taxCents: number | null;
}

/** What was given back of the deposit of a contract, where that is owed to the customer. */
export interface DepositRefunds {
  /** But for what receipts took off income, and what is left out of the books. */
  refundedCents: number;
  /** What of that receipts took off what is owed: it stays so, whatever becomes of the invoice. */
  takenOffCents: number;
}

export const NO_DEPOSIT_REFUNDS: DepositRefunds = { refundedCents: 0, takenOffCents: 0 };

/** How a contract stands, in cents before tax. */
export interface ContractStanding {
  /** The deposit that was billed, net of credits. */
  depositCents: number;
  billedCents: number;
  /** Value less billed. */
  remainingCents: number;
  /**
   * In mode `liability`: billed as deposit, not released and not refunded. Below zero where it was credited since, or
   * its invoice was voided after a refund.
   */
  depositHeldCents: number;
  /** Withheld and not billed yet. */
  retainedCents: number;
}

/** True where the invoice takes its amount from the contract: it stands, or is on its way. */
export function counts(invoice: ContractInvoice): boolean {
  return isLive(invoice) && !invoice.isRefused && (invoice.totalCents ?? invoice.amountCents) !== null;
}

/** True where it takes from what is billed: it stands, or is on its way, whether an invoice is paid by it or not. */
export function creditCounts({ state, isRefused }: ContractCredit): boolean {
  return !isRefused && state !== 'voided' && state !== 'deleted';
}

/**
 * What was billed and what remains. Always: what the live invoices are over before tax, less credits and, in mode
 * `liability`, less refunds of the deposit as far as it was held, + remaining + retained − deposit held = value. What a
 * credit memo was lowered by in QuickBooks is credited all the same as far as a refund gave it back. `refundedCents`:
 * what was refunded of the contract, of its deposit too, and stands for no credit yet. Pure.
 */
export function standingOf(
  { valueCents, depositMode }: ContractTerms,
  invoices: readonly ContractInvoice[],
  depositRefunds: DepositRefunds,
  credits: readonly ContractCredit[] = [],
  refundedCents = 0,
): ContractStanding {
  const isHeld = depositMode === 'liability';
  const live = credits.filter(creditCounts);
  let billedCents = 0 - sumCents(live.map(creditedCents));
  let depositCents = 0;
  let releasedCents = 0;
  let retainedCents = 0;
  for (const invoice of invoices) {
    if (!counts(invoice)) continue;
    const netCents = beforeTaxCents(invoice) - invoice.creditCents;
    const wholeCents = netCents + invoice.retainedCents;
    if (invoice.kind === 'deposit' && isHeld) {
      const workCents = invoice.releasedCents - invoice.workCreditCents;
      depositCents += wholeCents - workCents;
      billedCents += workCents;
    } else {
      if (invoice.kind === 'deposit') depositCents += netCents;
      billedCents += wholeCents + invoice.releasedCents;
      releasedCents += invoice.releasedCents;
    }
    retainedCents += invoice.retainedCents;
  }
  const ofHeldCents = isHeld ? ofHeld(depositCents - releasedCents, depositRefunds) : 0;
  billedCents -= Math.min(sumCents(live.map(loweredByCents)), Math.max(0, refundedCents - ofHeldCents));
  return {
    depositCents,
    billedCents,
    remainingCents: valueCents - billedCents,
    depositHeldCents: isHeld ? depositCents - releasedCents - ofHeldCents : 0,
    retainedCents,
  };
}

/** What of the deposits that are owed to the customer was not released by an invoice, refunded or not. Pure. */
export function unreleasedDepositCents(invoices: readonly ContractInvoice[]): number {
  const live = invoices.filter(counts);
  const deposits = live.filter(({ kind }) => kind === 'deposit');
  return (
    sumCents(deposits.map((one) => beforeTaxCents(one) + one.retainedCents - offDepositCents(one))) -
    sumCents(live.map(({ releasedCents }) => releasedCents))
  );
}

/** What of credits on its invoice takes off a deposit that is held. */
function offDepositCents({ creditCents, workCreditCents }: ContractInvoice): number {
  return creditCents - workCreditCents;
}

/** A refund beyond what was held is a reduction of the price: it makes nothing billable again. */
function ofHeld(unreleasedCents: number, { refundedCents, takenOffCents }: DepositRefunds): number {
  return Math.max(takenOffCents, Math.min(refundedCents, Math.max(unreleasedCents, 0)));
}

/** What an invoice is over before tax, as QuickBooks has it, else as it was asked for. */
export function beforeTaxCents({ amountCents, totalCents, taxCents }: ContractInvoice): number {
  return totalCents === null ? (amountCents ?? 0) : totalCents - (taxCents ?? 0);
}

/** What a credit memo takes back before tax, as QuickBooks has it, else as it was asked for. */
function creditedCents({ amountCents, totalCents, taxCents }: ContractCredit): number {
  return totalCents === null ? amountCents : totalCents - (taxCents ?? 0);
}

/** What it takes back less than its change order does. */
export function loweredByCents(credit: ContractCredit): number {
  return Math.max(0, credit.amountCents - creditedCents(credit));
}
