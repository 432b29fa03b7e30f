import { describe, expect, it } from 'vitest';
import type { QboDocument, QboLedgerAccount } from '../../../api/model/qbo-documents.js';
import type { QboPayment } from '../../../api/model/qbo-objects.js';
import { withWriteOffs } from './write-off.js';

const account = (id: string, type: string, subType: string | null = null): QboLedgerAccount => ({
  id,
  name: type,
  type,
  subType,
  currency: null,
  active: true,
});
const CHART = [
  account('1', 'Bank'),
  account('2', 'Expense'),
  account('3', 'Accounts Receivable'),
  account('4', 'Other Expense'),
  account('5', 'Other Current Asset', 'AllowanceForBadDebts'),
  account('6', 'Other Current Asset', 'OtherCurrentAssets'),
  account('7', 'Income'),
  account('8', 'Other Income'),
];

type Line = [accountId: string | null, cents: number];
const entry = (id: string, ...lines: Line[]): [string, QboDocument] => [
  id,
  { id, lines: lines.map(([accountId, cents]) => ({ accountId, cents })) } as unknown as QboDocument,
];

const noMoney = (amountCents: number, ...entries: [string, QboDocument][]): QboPayment => {
  const payment = { journalEntries: [{ id: '7', amountCents }], creditMemos: [] as object[] } as QboPayment;
  return withWriteOffs(payment, { entries: new Map(entries), memos: new Map() }, CHART);
};
const writtenOff = (...of: Parameters<typeof noMoney>): number => noMoney(...of).writtenOffCents;
const givenBack = (...of: Parameters<typeof noMoney>): number => noMoney(...of).givenBackCents;

const isGivenUp = (...memos: [string, QboDocument][]): boolean | undefined => {
  const creditMemos = [{ id: '9', amountCents: 90_000 }];
  const payment = { journalEntries: [] as object[], creditMemos } as QboPayment;
  return withWriteOffs(payment, { entries: new Map(), memos: new Map(memos) }, CHART).creditMemos[0]!
    .isWriteOff;
};

describe('What a payment brings by a journal entry', () => {
  it('is money where the entry is on a bank account', () => {
    expect(writtenOff(90_000, entry('7', ['1', 90_000], ['3', -90_000]))).toBe(0);
  });

  it('is a write-off as far as the entry is on expense accounts', () => {
    expect(writtenOff(90_000, entry('7', ['2', 90_000], ['3', -90_000]))).toBe(90_000);
    expect(writtenOff(90_000, entry('7', ['1', 88_000], ['4', 2_000], ['3', -90_000]))).toBe(2_000);
  });

  it('is a write-off on what was set aside for bad debts, and money on another asset', () => {
    expect(writtenOff(90_000, entry('7', ['5', 90_000], ['3', -90_000]))).toBe(90_000);
    expect(writtenOff(90_000, entry('7', ['6', 90_000], ['3', -90_000]))).toBe(0);
  });

  it('gives income back as far as the entry is on income, as a discount is', () => {
    expect(givenBack(90_000, entry('7', ['7', 90_000], ['3', -90_000]))).toBe(90_000);
    expect(givenBack(90_000, entry('7', ['1', 80_000], ['8', 10_000], ['3', -90_000]))).toBe(10_000);
    expect(givenBack(90_000, entry('7', ['2', 60_000], ['7', 60_000], ['3', -120_000]))).toBe(30_000);
    // What is sold by the same entry is income that came.
    expect(givenBack(90_000, entry('7', ['1', 120_000], ['7', -30_000], ['3', -90_000]))).toBe(0);
  });

  it('is no more of a write-off than what of it settles invoices', () => {
    expect(writtenOff(40_000, entry('7', ['2', 90_000], ['3', -90_000]))).toBe(40_000);
  });

  it('is money where the entry is not known, or takes an expense back', () => {
    expect(writtenOff(90_000)).toBe(0);
    expect(writtenOff(90_000, entry('7', ['2', -90_000], ['1', 180_000], ['3', -90_000]))).toBe(0);
  });
});

describe('What a payment uses of a credit memo', () => {
  it('is given up where all its products are on accounts for that', () => {
    expect(isGivenUp(entry('9', ['2', 80_000], ['5', 10_000], [null, 0]))).toBe(true);
  });

  it.each<{ what: string; lines: Line[] }>([
    {
      what: 'a product is on an account of income',
      lines: [
        ['2', 80_000],
        ['7', 10_000],
      ],
    },
    {
      what: 'the account of a product is not known',
      lines: [
        ['2', 80_000],
        [null, 10_000],
      ],
    },
    { what: 'it comes to nothing', lines: [['2', 0]] },
  ])('is a credit where $what', ({ lines }) => {
    expect(isGivenUp(entry('9', ...lines))).toBe(false);
  });

  it('is a credit where it was not read', () => {
    expect(isGivenUp()).toBe(false);
  });
});
