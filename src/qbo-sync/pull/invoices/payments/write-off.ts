import { isGivenUpOn, isIncome } from '../../../../contracts/credits/given-up-accounts.js';
import { sumCents } from '../../../../platform/money/cents.js';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { QboPayment } from '../../../api/model/qbo-objects.js';

/** Documents that payments settle by, as far as they were read, by their ids. */
export interface SettlingDocuments {
  entries: ReadonlyMap<string, QboDocument>;
  memos: ReadonlyMap<string, QboDocument>;
}

/**
 * A payment with what of it is no money, but written off or given back of income: as far as a journal entry is on
 * accounts on which debts are given up it writes off, and as far as it is on income, as a discount is, it gives that
 * back. A credit memo whose products are all on accounts of the first kind gives no income back. Of a document that is
 * not known nothing is. Pure.
 */
export function withWriteOffs(
  payment: QboPayment,
  { entries, memos }: SettlingDocuments,
  accounts: readonly QboLedgerAccount[],
): QboPayment {
  const givenUpOn = idsOf(accounts.filter(isGivenUpOn));
  const income = idsOf(accounts.filter(isIncome));
  const parts = payment.journalEntries.map(({ id, amountCents }) => {
    const lines = entries.get(id)?.lines ?? [];
    const writtenOffCents = clamp(debitsOn(givenUpOn, lines), amountCents);
    return { writtenOffCents, givenBackCents: clamp(debitsOn(income, lines), amountCents - writtenOffCents) };
  });
  const creditMemos = payment.creditMemos.map((memo) => {
    const lines = (memos.get(memo.id)?.lines ?? []).filter(({ cents }) => cents !== 0);
    return { ...memo, isWriteOff: lines.length > 0 && lines.every((line) => isOn(givenUpOn, line)) };
  });
  return {
    ...payment,
    creditMemos,
    writtenOffCents: sumCents(parts.map((part) => part.writtenOffCents)),
    givenBackCents: sumCents(parts.map((part) => part.givenBackCents)),
  };
}

type Line = QboDocument['lines'][number];

function idsOf(accounts: readonly QboLedgerAccount[]): ReadonlySet<string> {
  return new Set(accounts.map(({ id }) => id));
}

function isOn(accounts: ReadonlySet<string>, { accountId }: Line): boolean {
  return accountId !== null && accounts.has(accountId);
}

function debitsOn(accounts: ReadonlySet<string>, lines: readonly Line[]): number {
  return sumCents(lines.filter((line) => isOn(accounts, line)).map(({ cents }) => cents));
}

function clamp(cents: number, most: number): number {
  return Math.max(0, Math.min(cents, most));
}
