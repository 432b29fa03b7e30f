import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { standingInvoice } from '../../invoices/invoice-state.js';
import type { DepositMode } from '../../orgs/settings/org-settings.entity.js';
import { chargeablePercent } from '../../platform/money/charge-amount.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import {
  beforeTaxCents,
  type ContractInvoice,
  type ContractStanding,
  counts,
} from '../billing/contract-standing.js';

export interface PlannedContract {
  valueCents: number;
  currency: string;
  depositMode: DepositMode;
  depositPercent: number;
  depositCents: number;
  /** As it was noted; it may be a day to come. */
  completedOn: CalendarDay | null;
  /** That day has come. */
  isComplete: boolean;
  isCancelled: boolean;
  /** Work is taxed where it is billed, and what is billed as deposit was not. */
  isDepositUntaxed: boolean;
}

/** An entry of the schedule as it was agreed. */
export interface ScheduledEntry {
  number: number;
  kind: InvoiceKind;
  sequence: number;
  percent: number | null;
  amountCents: number | null;
  milestone: string | null;
  triggerOn: CalendarDay | null;
  /** Of progress: the change order that it bills by itself. */
  changeOrderId?: number | null;
}

export type EntryState = 'pending' | 'ready' | 'invoiced' | 'void';

/** An entry as it stands: what it comes to, and by which invoice it is billed. */
export interface PlannedEntry extends ScheduledEntry {
  plannedCents: number;
  state: EntryState;
  /** The newest invoice of it that stands, else the newest; null before the first. */
  invoice: ContractInvoice | null;
}

/**
 * What every entry of a schedule comes to, in cents. A percentage is the entry's own share of the value: the shares are
 * rounded cumulatively, so that parts that make up the whole sum to it. The final entry is what is left: value less
 * deposit and progress. What is billed stands as it was billed. Pure.
 */
export function plannedEntries(
  contract: PlannedContract,
  entries: readonly ScheduledEntry[],
  invoices: readonly ContractInvoice[],
  standing: ContractStanding,
  today: CalendarDay,
): PlannedEntry[] {
  const shares = progressShares(contract, entries);
  const newest = (kind: InvoiceKind, sequence: number): ContractInvoice | null =>
    standingInvoice(invoices.filter((one) => one.kind === kind && one.sequence === sequence));
  const billed = ({ kind, sequence }: ScheduledEntry): ContractInvoice | null => {
    const invoice = newest(kind, sequence);
    return invoice && counts(invoice) ? invoice : null;
  };
  const final = entries.find(({ kind }) => kind === 'final');
  const isFinalBilled = final !== undefined && billed(final) !== null;
  // The final invoice has released what it could; a deposit that is held still goes to what is billed after it.
  const heldCents = isFinalBilled ? Math.min(standing.depositHeldCents, 0) : standing.depositHeldCents;
  let openCents = standing.remainingCents - heldCents;
  const amounts = new Map<number, number>();
  for (const entry of entries) {
    if (entry.kind === 'final' || entry.kind === 'retainage') continue;
    const invoice = billed(entry);
    const share = entry.kind === 'deposit' ? contract.depositCents : shares.get(entry.number)!;
    const cameBack = newest(entry.kind, entry.sequence) !== null;
    const isOpen = !isFinalBilled || entry.number > final.number || cameBack;
    const cents = invoice ? contractCents(invoice) : isOpen ? Math.max(0, Math.min(share, openCents)) : 0;
    if (!invoice) openCents -= cents;
    amounts.set(entry.number, cents);
  }
  return entries.map((entry) => {
    const invoice = newest(entry.kind, entry.sequence);
    const isInvoiced = invoice !== null && counts(invoice);
    const plannedCents = isInvoiced ? contractCents(invoice) : openAmount(entry);
    const state = isInvoiced ? 'invoiced' : stateOf(entry, plannedCents, invoice !== null);
    return { ...entry, plannedCents, state, invoice };
  });

  function openAmount(entry: ScheduledEntry): number {
    if (entry.kind === 'final') return Math.max(0, openCents);
    if (entry.kind === 'retainage') return Math.max(0, standing.retainedCents);
    return amounts.get(entry.number)!;
  }

  function stateOf(entry: ScheduledEntry, plannedCents: number, wasBilled: boolean): EntryState {
    if (contract.isCancelled) return 'void';
    if (plannedCents === 0 && isFinalBilled && entry.kind !== 'retainage') return 'void';
    if (entry.kind === 'retainage') return contract.isComplete && plannedCents > 0 ? 'ready' : 'pending';
    if (isForNothing(entry, plannedCents)) return 'pending';
    if (wasBilled || entry.kind === 'deposit') return 'ready';
    if (entry.kind === 'final') return contract.isComplete ? 'ready' : 'pending';
    if (entry.milestone !== null) return 'pending';
    return entry.triggerOn !== null && entry.triggerOn > today ? 'pending' : 'ready';
  }

  /** As the contract stands it would bill nothing. A final invoice over 0.00 can still release a deposit. */
  function isForNothing({ kind }: ScheduledEntry, plannedCents: number): boolean {
    return kind === 'final'
      ? standing.remainingCents <= 0 && !isWorkOfDepositToBill(contract, standing)
      : plannedCents === 0;
  }
}

/**
 * True where deposit and progress have billed all, and the work of the deposit is to be billed all the same, less the
 * deposit: a deposit that is income is not taxed, and its work is on no other invoice. Pure.
 */
export function isWorkOfDepositToBill(
  { depositMode, isDepositUntaxed }: Pick<PlannedContract, 'depositMode' | 'isDepositUntaxed'>,
  { depositCents, remainingCents }: Pick<ContractStanding, 'depositCents' | 'remainingCents'>,
): boolean {
  return (
    isDepositUntaxed && depositMode === 'income' && depositCents > 0 && depositCents + remainingCents > 0
  );
}

/** What an invoice takes of the schedule: what it is over, with what it withholds; of progress the work it bills. */
function contractCents(invoice: ContractInvoice): number {
  const releasedCents = invoice.kind === 'progress' ? invoice.releasedCents : 0;
  return beforeTaxCents(invoice) + Math.max(0, invoice.retainedCents) + releasedCents;
}

/** The amount of each progress entry, by its number. */
export function progressShares(
  contract: Pick<PlannedContract, 'valueCents' | 'currency' | 'depositMode' | 'depositPercent'>,
  entries: readonly ScheduledEntry[],
): Map<number, number> {
  const upTo = (percent: number): number =>
    chargeablePercent(contract.currency, contract.valueCents, percent);
  let percent = contract.depositMode === 'income' ? contract.depositPercent : 0;
  const shares = new Map<number, number>();
  for (const entry of entries) {
    if (entry.kind !== 'progress') continue;
    if (entry.percent === null) {
      shares.set(entry.number, entry.amountCents ?? 0);
      continue;
    }
    const next = roundedPercent(percent + entry.percent);
    shares.set(entry.number, upTo(next) - upTo(percent));
    percent = next;
  }
  return shares;
}

/** Two decimals: percentages have no more. */
function roundedPercent(percent: number): number {
  return Math.round(percent * 100) / 100;
}
