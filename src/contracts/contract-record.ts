import type { Contract } from './contract.entity.js';
import {
  plannedEntries,
  type PlannedContract,
  type PlannedEntry,
  type ScheduledEntry,
} from './entry-plan.js';
import type { BillableContract, BillableLine } from './invoice-plan.js';
import { type ContractInvoice, type ContractStanding, counts, standingOf } from './standing.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';

/** What one invoice billed of one line. */
export interface BilledShare {
  invoiceId: number;
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
  /** What was given back of its deposit in mode `liability`. */
  depositRefundedCents: number;
}

/** A contract as it stands on a day. */
export interface ContractStatus extends ContractRecord {
  standing: ContractStanding;
  plannedEntries: readonly PlannedEntry[];
  billableLines: readonly BillableLine[];
}

/** Works out how a contract stands on a day of its organisation. Pure. */
export function contractStatus(record: ContractRecord, today: CalendarDay): ContractStatus {
  const { contract, entries, invoices, lines, billedShares } = record;
  const standing = standingOf(contract, invoices, record.depositRefundedCents);
  const live = new Set(invoices.filter(counts).map(({ id }) => id));
  const billedCents = Map.groupBy(
    billedShares.filter(({ invoiceId }) => live.has(invoiceId)),
    ({ contractLineId }) => contractLineId,
  );
  return {
    ...record,
    standing,
    plannedEntries: plannedEntries(plannedContract(contract), entries, invoices, standing, today),
    billableLines: lines.map((line) => ({
      ...line,
      billedCents: (billedCents.get(line.id) ?? []).reduce((sum, { amountCents }) => sum + amountCents, 0),
    })),
  };
}

export function plannedContract(contract: Contract): PlannedContract {
  const { valueCents, currency, depositMode, depositPercent, depositCents, completedOn } = contract;
  const isCancelled = contract.cancelledAt !== null;
  return { valueCents, currency, depositMode, depositPercent, depositCents, completedOn, isCancelled };
}

/** What an invoice of the contract is made from. */
export function billableContract({ contract, billableLines }: ContractStatus): BillableContract {
  const { proposalId, retainagePercent } = contract;
  return { ...plannedContract(contract), proposalId, retainagePercent, lines: billableLines };
}
