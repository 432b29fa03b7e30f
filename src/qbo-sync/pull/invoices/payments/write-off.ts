import { sumCents } from '../../../../platform/money/cents.js';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { QboPayment } from '../../../api/model/qbo-objects.js';

/** Accounts on which a receivable is given up. */
const EXPENSE_TYPES = ['Expense', 'Other Expense'];

/**
 * A payment with what its journal entries write off: as far as an entry is on expense accounts, it brings no money. Of
 * one that is not known nothing is written off. Pure.
 */
export function withWriteOffs(
  payment: QboPayment,
  entries: ReadonlyMap<string, QboDocument>,
  accounts: readonly QboLedgerAccount[],
): QboPayment {
  const expenses = new Set(accounts.filter(({ type }) => EXPENSE_TYPES.includes(type)).map(({ id }) => id));
  const parts = payment.journalEntries.map(({ id, amountCents }) => {
    const lines = entries.get(id)?.lines ?? [];
    const debits = lines.filter(({ accountId }) => accountId !== null && expenses.has(accountId));
    return Math.min(Math.max(sumCents(debits.map(({ cents }) => cents)), 0), amountCents);
  });
  return { ...payment, writtenOffCents: sumCents(parts) };
}
