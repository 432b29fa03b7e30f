import { DomainError } from '../../platform/errors/domain-error.js';
import { splitStepCents } from '../../platform/money/charge-amount.js';
import { contractCancelled } from '../contract-cancelled.js';
import { apportion } from '../../platform/money/apportion.js';
import type { ContractStatus } from '../contract-record.js';
import type { ScheduledEntry } from '../schedule/entry-plan.js';

/** A change order, as far as its money goes. */
export interface PricedChange {
  number: number;
  deltaCents: number;
  lines: readonly { amountCents: number }[];
}

/** What approving a change order does to a contract. */
export interface ChangeOrderEffect {
  valueCents: number;
  /** The entry by which it is billed, where the final invoice is out already; null where that invoice takes it up. */
  entry: ScheduledEntry | null;
  /** What is credited of what is billed already, and of each of its lines; 0 where nothing is. */
  creditCents: number;
  creditedCents: readonly number[];
}

/**
 * The value follows a change order. What is not billed yet takes it up: the final invoice, and once that is out an
 * entry of its own. What it takes back of what is billed is credited, once the final invoice is out, or the work is
 * complete and nothing is left for one. Throws a conflict where the contract would come to less than is billed, and on
 * a cancelled one. Pure.
 */
export function changeOrderEffect(status: ContractStatus, order: PricedChange): ChangeOrderEffect {
  const { contract, standing } = status;
  assertOpen(status);
  const isFinalBilled = finalIsBilled(status);
  const valueCents = contract.valueCents + order.deltaCents;
  if (valueCents < 0) throw belowNothing(status, order);
  if (isFinalBilled && order.deltaCents === 0) throw changesNothing(status, order);
  if (order.deltaCents >= 0) {
    const entry = isFinalBilled ? ownEntry(status, order.deltaCents) : null;
    return { valueCents, entry, creditCents: 0, creditedCents: order.lines.map(() => 0) };
  }
  const creditCents = Math.min(-order.deltaCents, Math.max(0, standing.billedCents - valueCents));
  if (creditCents > 0 && !isFinalBilled && !isCompleteAndBilled(status)) throw belowBilled(status, order);
  const amounts = order.lines.map(({ amountCents }) => -amountCents);
  const creditedCents =
    creditCents === -order.deltaCents
      ? amounts
      : apportion(creditCents, amounts, splitStepCents(contract.currency, [creditCents, ...amounts]));
  return { valueCents, entry: null, creditCents, creditedCents };
}

/** Why a change order cannot be approved as the contract stands, with what to do about it; null where it can. Pure. */
export function approvalRefusal(
  status: ContractStatus,
  { order, lines }: { order: Omit<PricedChange, 'lines'>; lines: PricedChange['lines'] },
): string | null {
  const { number, deltaCents } = order;
  try {
    changeOrderEffect(status, { number, deltaCents, lines });
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

/**
 * The value without an approved change order. Throws a conflict where that cannot be taken back: the customer signed
 * it, something of it was billed or credited, or less would be left than is billed. Pure.
 */
export function valueWithout(
  status: ContractStatus,
  order: { number: number; deltaCents: number; approvedBy: string | null },
  isBilled: boolean,
): number {
  const { contract, standing } = status;
  const { proposalId } = contract;
  assertOpen(status);
  if (order.approvedBy?.startsWith('link:')) {
    throw new DomainError(
      'conflict',
      'change_order_signed',
      `The customer signed change order ${order.number} of proposal ${proposalId}. Make another that takes it back.`,
    );
  }
  const valueCents = contract.valueCents - order.deltaCents;
  if (!isBilled && valueCents >= standing.billedCents) return valueCents;
  throw new DomainError(
    'conflict',
    'change_order_billed',
    `Change order ${order.number} of proposal ${proposalId} is billed already. Make another that takes it back.`,
  );
}

/** The work is complete, and deposit and progress have billed all of it: there is no final invoice to wait for. */
function isCompleteAndBilled({ isComplete, standing }: ContractStatus): boolean {
  return isComplete && standing.remainingCents <= 0;
}

export function finalIsBilled({ plannedEntries }: ContractStatus): boolean {
  return plannedEntries.some(({ kind, state }) => kind === 'final' && state === 'invoiced');
}

/** A progress entry after all others, over what the change comes to. */
function ownEntry({ plannedEntries }: ContractStatus, amountCents: number): ScheduledEntry {
  const progress = plannedEntries.filter(({ kind }) => kind === 'progress');
  return {
    number: Math.max(...plannedEntries.map((entry) => entry.number)) + 1,
    kind: 'progress',
    sequence: Math.max(0, ...progress.map(({ sequence }) => sequence)) + 1,
    percent: null,
    amountCents,
    milestone: null,
    triggerOn: null,
  };
}

function assertOpen({ contract: { cancelledAt, proposalId } }: ContractStatus): void {
  if (cancelledAt !== null) throw contractCancelled(proposalId);
}

/** Nothing that is billed or voided first makes it possible. */
function belowNothing({ contract: { proposalId } }: ContractStatus, { number }: PricedChange): DomainError {
  return new DomainError(
    'conflict',
    'below_nothing',
    `Change order ${number} takes off more than proposal ${proposalId} comes to. Withdraw it by POST ` +
      `/proposals/${proposalId}/change-orders/${number}/void, and draft a smaller one.`,
  );
}

function belowBilled(
  { contract: { proposalId }, standing }: ContractStatus,
  { number }: PricedChange,
): DomainError {
  const end =
    standing.remainingCents > 0
      ? 'bill the final one'
      : `complete the contract by POST /proposals/${proposalId}/complete`;
  return new DomainError(
    'conflict',
    'below_billed',
    `With change order ${number} proposal ${proposalId} would come to less than is billed of it. Void an invoice ` +
      `first, or ${end}: what is taken back then is credited.`,
  );
}

function changesNothing({ contract: { proposalId } }: ContractStatus, { number }: PricedChange): DomainError {
  return new DomainError(
    'conflict',
    'final_invoiced',
    `Change order ${number} comes to nothing, and the final invoice of proposal ${proposalId} is out: no invoice ` +
      'would carry its lines. Make one for what is added and one for what is left out.',
  );
}
