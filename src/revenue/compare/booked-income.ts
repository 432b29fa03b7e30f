import {
  columnOf,
  type ReportCell,
  type ReportTable,
  reportCents,
} from '../../qbo-sync/api/mappers/reading/report-table.js';
import type { BookedIncome } from './revenue-comparison.js';

/** What QuickBooks calls a document in a report, where that is not its type with spaces. */
const TYPES: Readonly<Record<string, string>> = { Refund: 'RefundReceipt' };

/**
 * What each document moved on income accounts, out of a profit and loss with its postings. `incomeAccounts`: their ids
 * and names. Pure. Throws where the report lacks a column.
 */
export function bookedIncome(report: ReportTable, incomeAccounts: ReadonlySet<string>): BookedIncome[] {
  const type = columnOf(report, 'txn_type', 'Transaction Type');
  const amount = columnOf(report, 'subt_nat_amount', 'Amount');
  const isIncome = ({ id, value }: ReportCell): boolean =>
    incomeAccounts.has(id ?? value) || incomeAccounts.has(value);
  const documents = new Map<string, BookedIncome>();
  for (const { path, cells } of report.leaves) {
    const qboId = cells[type]?.id ?? null;
    if (qboId === null || !path.some(isIncome)) continue;
    const shown = cells[type]!.value;
    const name = TYPES[shown] ?? shown.replaceAll(' ', '');
    const key = `${name}:${qboId}`;
    const known = documents.get(key) ?? { type: name, qboId, cents: 0 };
    known.cents += reportCents(cells[amount]);
    documents.set(key, known);
  }
  return [...documents.values()];
}
