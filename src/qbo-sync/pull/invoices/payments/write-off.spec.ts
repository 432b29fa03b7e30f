import { describe, expect, it } from 'vitest';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { QboPayment } from '../../../api/model/qbo-objects.js';
import { withWriteOffs } from './write-off.js';

const account = (id: string, type: string): QboLedgerAccount => ({
  id,
  name: type,
  type,
  subType: null,
  currency: null,
  active: true,
});
const CHART = [
  account('1', 'Bank'),
  account('2', 'Expense'),
  account('3', 'Accounts Receivable'),
  account('4', 'Other Expense'),
];

const entry = (id: string, ...lines: [accountId: string, cents: number][]): [string, QboDocument] => [
  id,
  { id, lines: lines.map(([accountId, cents]) => ({ accountId, cents })) } as unknown as QboDocument,
];

const writtenOff = (amountCents: number, ...entries: [string, QboDocument][]): number => {
  const payment = { journalEntries: [{ id: '7', amountCents }] } as QboPayment;
  return withWriteOffs(payment, new Map(entries), CHART).writtenOffCents;
};

describe('What a payment brings by a journal entry', () => {
  it('is money where the entry is on a bank account', () => {
    expect(writtenOff(90_000, entry('7', ['1', 90_000], ['3', -90_000]))).toBe(0);
  });

  it('is a write-off as far as the entry is on expense accounts', () => {
    expect(writtenOff(90_000, entry('7', ['2', 90_000], ['3', -90_000]))).toBe(90_000);
    expect(writtenOff(90_000, entry('7', ['1', 88_000], ['4', 2_000], ['3', -90_000]))).toBe(2_000);
  });

  it('is no more of a write-off than what of it settles invoices', () => {
    expect(writtenOff(40_000, entry('7', ['2', 90_000], ['3', -90_000]))).toBe(40_000);
  });

  it('is money where the entry is not known, or takes an expense back', () => {
    expect(writtenOff(90_000)).toBe(0);
    expect(writtenOff(90_000, entry('7', ['2', -90_000], ['1', 180_000], ['3', -90_000]))).toBe(0);
  });
});
