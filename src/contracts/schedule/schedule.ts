import { contractCancelled } from '../contract-cancelled.js';
import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import {
  type PlannedContract,
  type PlannedEntry,
  progressShares,
  type ScheduledEntry,
} from './entry-plan.js';
import type { ContractStatus } from '../contract-record.js';
import { plannedContract } from '../contract-record.js';

/** A progress payment as somebody wants it: a share of the value, or an amount. */
export interface WantedProgress {
  percent: number | null;
  amountCents: number | null;
  milestone: string | null;
  triggerOn: CalendarDay | null;
}

/**
 * The schedule of a contract: the deposit, the progress payments in their order, the final one, and retainage. Pure.
 */
export function scheduleOf(
  { retainagePercent }: { retainagePercent: number },
  progress: readonly (WantedProgress & Pick<ScheduledEntry, 'changeOrderId'>)[],
): ScheduledEntry[] {
  const bare = { percent: null, amountCents: null, milestone: null, triggerOn: null };
  const entries: Omit<ScheduledEntry, 'number'>[] = [
    { kind: 'deposit', sequence: 1, ...bare },
    ...progress.map((one, index) => ({ kind: 'progress' as InvoiceKind, sequence: index + 1, ...one })),
    { kind: 'final', sequence: 1, ...bare },
  ];
  if (retainagePercent > 0) entries.push({ kind: 'retainage', sequence: 1, ...bare });
  return entries.map((entry, index) => ({ number: index + 1, ...entry }));
}

/** The places, from 0, of amounts that are no whole number of what the currency can be paid in. Pure. */
export function unchargeableEntries(progress: readonly WantedProgress[], stepCents: number): number[] {
  return progress.flatMap(({ amountCents }, index) => ((amountCents ?? 0) % stepCents === 0 ? [] : [index]));
}

/**
 * The schedule with other progress payments. What is invoiced has to stand in it unchanged, and nothing can be above
 * the value of the contract. Throws a conflict otherwise. Pure.
 */
export function changedSchedule(
  status: ContractStatus,
  progress: readonly WantedProgress[],
): ScheduledEntry[] {
  const { contract, plannedEntries } = status;
  if (contract.cancelledAt !== null) throw contractCancelled(contract.proposalId);
  const invoiced = plannedEntries.filter(({ state }) => state === 'invoiced');
  if (invoiced.some(({ kind }) => kind === 'final'))
    throw isInvoiced(contract.proposalId, 'The final invoice');
  for (const entry of invoiced) {
    if (entry.kind !== 'progress') continue;
    const wanted = progress[entry.sequence - 1];
    if (wanted && isSame(wanted, entry)) continue;
    throw isInvoiced(contract.proposalId, `Entry ${entry.number}`);
  }
  if (progress.some(({ percent }) => (percent ?? 0) > 100)) throw isAboveValue(contract.proposalId);
  const schedule = scheduleOf(
    contract,
    progress.map((one, index) => ({ ...one, changeOrderId: changeBilledBy(plannedEntries, one, index + 1) })),
  );
  if (isAbove(plannedContract(status), schedule, status)) throw isAboveValue(contract.proposalId);
  return schedule;
}

function isAboveValue(proposalId: number): DomainError {
  return new DomainError(
    'conflict',
    'schedule_above_value',
    `The deposit and the progress payments of proposal ${proposalId} come to more than its value.`,
  );
}

/** The change order that the entry in this place bills, where it stands as it was. */
function changeBilledBy(
  entries: readonly PlannedEntry[],
  wanted: WantedProgress,
  sequence: number,
): number | null {
  const before = entries.find((entry) => entry.kind === 'progress' && entry.sequence === sequence);
  return before && isSame(wanted, before) ? (before.changeOrderId ?? null) : null;
}

/**
 * True where the progress payments that are wanted come to more than what is left of the value beside those that are
 * billed, and the deposit. Of a deposit that is not billed no more is than is left: a change order may have left less.
 */
function isAbove(
  contract: PlannedContract,
  schedule: readonly ScheduledEntry[],
  { plannedEntries, standing }: ContractStatus,
): boolean {
  const shares = progressShares(contract, schedule);
  let leftCents = contract.valueCents;
  let depositCents = 0;
  let wantedCents = 0;
  for (const { kind, sequence, number } of schedule) {
    const billed = plannedEntries.find(
      (one) => one.kind === kind && one.sequence === sequence && one.state === 'invoiced',
    );
    if (kind === 'deposit' && billed) leftCents -= standing.depositCents;
    else if (kind === 'deposit') depositCents = contract.depositCents;
    else if (kind === 'progress' && billed) leftCents -= billed.plannedCents;
    else if (kind === 'progress') wantedCents += shares.get(number)!;
  }
  return wantedCents > 0 && wantedCents + depositCents > leftCents;
}

function isSame(wanted: WantedProgress, entry: ScheduledEntry): boolean {
  return (
    wanted.percent === entry.percent &&
    wanted.amountCents === entry.amountCents &&
    wanted.milestone === entry.milestone &&
    wanted.triggerOn === entry.triggerOn
  );
}

function isInvoiced(proposalId: number, what: string): DomainError {
  return new DomainError(
    'conflict',
    'entry_invoiced',
    `${what} of proposal ${proposalId} is invoiced. Name what is invoiced as it is, or void its invoice first.`,
  );
}
