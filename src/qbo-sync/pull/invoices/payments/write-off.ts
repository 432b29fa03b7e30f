import { isGivenUpOn } from '../../../../contracts/credits/given-up-accounts.js';
import { sumCents } from '../../../../platform/money/cents.js';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { QboPayment } from '../../../api/model/qbo-objects.js';

/** Documents that payments settle by, as far as they were read, by their ids. */
export interface SettlingDocuments {
  entries: ReadonlyMap<string, QboDocument>;
  memos: ReadonlyMap<string, QboDocument>;
}

/**
 * A payment with what of it is written off: as far as a journal entry is on accounts on which debts are given up, it
 * brings no money, and a credit memo whose products are all on such accounts gives no income back. Of a document that
 * is not known nothing is written off. Pure.
 */
export function withWriteOffs(
  payment: QboPayment,
  { entries, memos }: SettlingDocuments,
  accounts: readonly QboLedgerAccount[],
): QboPayment {
  const givenUpOn = new Set(accounts.filter(isGivenUpOn).map(({ id }) => id));
  const isOn = ({ accountId }: QboDocument['lines'][number]): boolean =>
    accountId !== null && givenUpOn.has(accountId);
  const parts = payment.journalEntries.map(({ id, amountCents }) => {
    const debits = (entries.get(id)?.lines ?? []).filter(isOn);
    return Math.min(Math.max(sumCents(debits.map(({ cents }) => cents)), 0), amountCents);
  });
  const creditMemos = payment.creditMemos.map((memo) => {
    const lines = (memos.get(memo.id)?.lines ?? []).filter(({ cents }) => cents !== 0);
    return { ...memo, isWriteOff: lines.length > 0 && lines.every(isOn) };
  });
  return { ...payment, creditMemos, writtenOffCents: sumCents(parts) };
}
