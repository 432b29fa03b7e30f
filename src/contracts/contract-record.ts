import type { Contract } from './contract.entity.js';
import {
  isWorkOfDepositToBill,
  plannedEntries,
  type PlannedContract,
  type PlannedEntry,
  type ScheduledEntry,
} from './schedule/entry-plan.js';
import type { BillableContract, BillableLine } from './billing/invoice-plan.js';
import {
  type ContractCredit,
  type ContractInvoice,
  type ContractStanding,
  counts,
  creditCounts,
  type DepositRefunds,
  standingOf,
} from './billing/contract-standing.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';

/** What one invoice billed of one line. */
export interface BilledShare {
  invoiceId: number;
  contractLineId: number;
  amountCents: number;
}

/** What one credit memo takes back of one line; negative of a line that is added. */
export interface CreditedShare {
  creditMemoId: number;
  contractLineId: number;
  amountCents: number;
}

/** A contract with everything that hangs on it, as it is stored. */
export interface ContractRecord {
  contract: Contract;
  lines: readonly { id: number; description: string; amountCents: number }[];
  entries: readonly ScheduledEntry[];
  invoices: readonly ContractInvoice[];
  billedShares: readonly BilledShare[];
  credits: readonly ContractCredit[];
  creditedShares: readonly CreditedShare[];
  depositRefunds: DepositRefunds;
  /** What was refunded and stands for no credit, where a credit memo was lowered: elsewhere nothing follows from it. */
  refundedCents: number;
}

/** A contract as it stands on a day. */
export interface ContractStatus extends ContractRecord {
  /** The day on which its work is complete has come. */
  isComplete: boolean;
  standing: ContractStanding;
  plannedEntries: readonly PlannedEntry[];
  billableLines: readonly BillableLine[];
}

/**
 * Works out how a contract stands on a day of its organisation. `latestToday`: the day that it is for whoever is ahead
 * of the organisation. Pure.
 */
export function contractStatus(
  record: ContractRecord,
  today: CalendarDay,
  latestToday: CalendarDay = today,
): ContractStatus {
  const { contract, entries, invoices, credits, lines } = record;
  const isComplete = contract.completedOn !== null && contract.completedOn <= latestToday;
  const standing = standingOf(contract, invoices, record.depositRefunds, credits, record.refundedCents);
  const billedCents = billedByLine(record);
  return {
    ...record,
    isComplete,
    standing,
    plannedEntries: plannedEntries(
      plannedContract({ contract, isComplete, invoices }),
      entries,
      invoices,
      standing,
      today,
    ),
    billableLines: lines.map((line) => ({
      ...line,
      billedCents: billedCents.get(line.id) ?? 0,
    })),
  };
}

/** What live invoices billed of each line, less what live credits took back. */
function billedByLine({
  invoices,
  billedShares,
  credits,
  creditedShares,
}: ContractRecord): Map<number, number> {
  const live = new Set(invoices.filter(counts).map(({ id }) => id));
  const liveCredits = new Set(credits.filter(creditCounts).map(({ id }) => id));
  const byLine = new Map<number, number>();
  const add = (lineId: number, cents: number): unknown =>
    byLine.set(lineId, (byLine.get(lineId) ?? 0) + cents);
  for (const { invoiceId, contractLineId, amountCents } of billedShares)
    if (live.has(invoiceId)) add(contractLineId, amountCents);
  for (const { creditMemoId, contractLineId, amountCents } of creditedShares)
    if (liveCredits.has(creditMemoId)) add(contractLineId, -amountCents);
  return byLine;
}

export function plannedContract({
  contract,
  isComplete,
  invoices,
}: Pick<ContractStatus, 'contract' | 'isComplete' | 'invoices'>): PlannedContract {
  const { valueCents, currency, depositMode, depositPercent, depositCents, completedOn } = contract;
  const isCancelled = contract.cancelledAt !== null;
  const terms = { valueCents, currency, depositMode, depositPercent, depositCents };
  const isTaxed =
    contract.taxMode === 'ours'
      ? contract.taxPercent > 0
      : contract.taxMode === 'qbo' && isTaxedThere(invoices);
  // A bookkeeper may have put tax on it.
  const isDepositTaxed = invoices.some(
    (one) => one.kind === 'deposit' && counts(one) && (one.taxCents ?? 0) !== 0,
  );
  const isDepositUntaxed = isTaxed && !isDepositTaxed;
  return { ...terms, completedOn, isComplete, isCancelled, isDepositUntaxed };
}

/**
 * Where QuickBooks counts the tax: whether it put any on the work. As long as no work is billed nothing says that it
 * will not; what it has not answered yet says nothing. Pure.
 */
function isTaxedThere(invoices: readonly ContractInvoice[]): boolean {
  const taxes = invoices.flatMap((one) =>
    one.kind !== 'deposit' && counts(one) ? (one.taxCents ?? []) : [],
  );
  return taxes.length === 0 || taxes.some((cents) => cents > 0);
}

/** True where all is billed but the tax of the deposit's work, for which the final invoice is to come. Pure. */
export function isTaxToCome(status: ContractStatus): boolean {
  const { standing, plannedEntries: entries } = status;
  const isFinalToCome = entries.some(
    ({ kind, state }) => kind === 'final' && (state === 'pending' || state === 'ready'),
  );
  return (
    isFinalToCome && standing.remainingCents <= 0 && isWorkOfDepositToBill(plannedContract(status), standing)
  );
}

/** What an invoice of the contract is made from. */
export function billableContract(status: ContractStatus): BillableContract {
  const { contract, billableLines, plannedEntries: entries } = status;
  const { proposalId, retainagePercent } = contract;
  const isReleased = entries.some(({ kind, state }) => kind === 'retainage' && state === 'invoiced');
  return {
    ...plannedContract(status),
    proposalId,
    retainagePercent: isReleased ? 0 : retainagePercent,
    isFinalBilled: entries.some(({ kind, state }) => kind === 'final' && state === 'invoiced'),
    lines: billableLines,
  };
}
