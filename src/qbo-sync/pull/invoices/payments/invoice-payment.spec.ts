import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Changed, QboInvoice, QboPayment } from '../../../api/model/qbo-objects.js';
import {
  type InvoicePayment,
  paymentsAfter,
  paymentsOn,
  paymentsToRead,
  settlementsOf,
} from './invoice-payment.js';
import { isMassDeletion } from '../monitors/missing/mass-deletion.js';
import { paidFactsOf, settledBy } from './paid-facts.js';

const payment = (facts: Partial<QboPayment> = {}): QboPayment => ({
  id: '180',
  syncToken: '0',
  customerId: '58',
  totalCents: 10_000,
  unappliedCents: 0,
  exchangeRate: null,
  currency: 'USD',
  txnDate: '2026-03-04',
  privateNote: null,
  depositAccountId: null,
  creditMemoCents: 0,
  creditMemos: [],
  otherMoneyCents: 0,
  journalEntries: [],
  writtenOffCents: 0,
  givenBackCents: 0,
  applications: [{ invoiceId: '145', amountCents: 10_000 }],
  enteredAt: null,
  ...facts,
});

const part = (facts: Partial<InvoicePayment> = {}): InvoicePayment => ({
  paymentId: '180',
  invoiceId: '145',
  kind: 'payment',
  creditMemoId: '',
  isWriteOff: false,
  amountCents: 10_000,
  paidOn: '2026-03-04',
  syncToken: 0,
  ...facts,
});

const INVOICE: QboInvoice = {
  id: '145',
  syncToken: '3',
  docNumber: 'CRM-7',
  customerId: '58',
  txnDate: '2026-03-02',
  dueDate: '2026-03-16',
  currency: 'USD',
  exchangeRate: null,
  totalCents: 20_000,
  homeTotalCents: null,
  taxCents: 0,
  balanceCents: 0,
  privateNote: null,
  linkedPaymentIds: [],
  depositCents: 0,
  otherLinks: [],
  itemLines: [],
  taxLines: [],
  createdAt: null,
  lastUpdatedAt: null,
};

/** Payments as they are now; an id alone was deleted. */
const answered = (...payments: (QboPayment | string)[]): Map<string, Changed<QboPayment>> => {
  const changes = payments.map((one): Changed<QboPayment> =>
    typeof one === 'string' ? { id: one, deleted: true } : { id: one.id, deleted: false, object: one },
  );
  return new Map(changes.map((change) => [change.id, change]));
};

describe('What a payment settles', () => {
  it.each([
    { name: 'cash', of: {}, parts: [{ kind: 'payment', amountCents: 10_000 }] },
    { name: 'a credit', of: { totalCents: 0 }, parts: [{ kind: 'credit', amountCents: 10_000 }] },
    {
      name: 'cash and a credit at once',
      of: { totalCents: 6_000 },
      parts: [
        { kind: 'payment', amountCents: 6_000 },
        { kind: 'credit', amountCents: 4_000 },
      ],
    },
    {
      name: 'no more than is applied of an overpayment',
      of: { totalCents: 13_000, unappliedCents: 3_000 },
      parts: [{ kind: 'payment', amountCents: 10_000 }],
    },
    {
      name: 'one sum where it names the invoice twice',
      of: {
        applications: [
          { invoiceId: '145', amountCents: 4_000 },
          { invoiceId: '145', amountCents: 6_000 },
        ],
      },
      parts: [{ kind: 'payment', amountCents: 10_000 }],
    },
    {
      name: 'money where a deposit of the bank feed or a journal entry brings it',
      of: { totalCents: 0, otherMoneyCents: 10_000 },
      parts: [{ kind: 'payment', amountCents: 10_000 }],
    },
    {
      name: 'a credit as far as a credit memo brings it, and money for the rest',
      of: { totalCents: 2_000, creditMemoCents: 3_000, otherMoneyCents: 5_000 },
      parts: [
        { kind: 'payment', amountCents: 7_000 },
        { kind: 'credit', amountCents: 3_000 },
      ],
    },
    {
      name: 'a write-off as far as a journal entry gives the debt up, beside a credit memo and money',
      of: {
        totalCents: 0,
        creditMemoCents: 3_000,
        creditMemos: [{ id: '9', amountCents: 3_000 }],
        otherMoneyCents: 7_000,
        writtenOffCents: 5_000,
      },
      parts: [
        { kind: 'payment', amountCents: 2_000, isWriteOff: false },
        { kind: 'credit', amountCents: 3_000, creditMemoId: '9', isWriteOff: false },
        { kind: 'credit', amountCents: 5_000, creditMemoId: '', isWriteOff: true },
      ],
    },
    {
      name: 'a write-off as far as a credit memo gives the debt up, beside one that does not',
      of: {
        totalCents: 0,
        creditMemoCents: 10_000,
        creditMemos: [
          { id: '9', amountCents: 3_000, isWriteOff: true },
          { id: '8', amountCents: 7_000, isWriteOff: false },
        ],
      },
      parts: [
        { kind: 'credit', amountCents: 3_000, creditMemoId: '9', isWriteOff: true },
        { kind: 'credit', amountCents: 7_000, creditMemoId: '8', isWriteOff: false },
      ],
    },
    { name: 'nothing once void', of: { totalCents: 0, applications: [] }, parts: [] },
    { name: 'nothing while unapplied', of: { unappliedCents: 10_000, applications: [] }, parts: [] },
  ])('is $name', ({ of, parts }) => {
    expect(settlementsOf(payment(of))).toMatchObject(parts);
    expect(settlementsOf(payment(of))).toHaveLength(parts.length);
  });

  it('adds up to its applications, with no more cash than it brought', () => {
    const application = fc.record({
      invoiceId: fc.constantFrom('1', '2', '3'),
      amountCents: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(application, { maxLength: 6 }),
        fc.nat(2_000_000),
        fc.nat(2_000_000),
        (applications, totalCents, unappliedCents) => {
          const parts = settlementsOf(payment({ applications, totalCents, unappliedCents }));
          const sum = (kinds: readonly string[]): number =>
            parts.filter((one) => kinds.includes(one.kind)).reduce((all, one) => all + one.amountCents, 0);
          const applied = applications.reduce((all, one) => all + one.amountCents, 0);
          expect(sum(['payment', 'credit'])).toBe(applied);
          expect(sum(['payment'])).toBe(Math.min(applied, Math.max(totalCents - unappliedCents, 0)));
        },
      ),
    );
  });
});

describe('The payments on an invoice after news', () => {
  it.each([
    {
      name: 'a new one',
      held: [],
      linked: ['180'],
      brought: answered(payment()),
      is: [part()],
      complete: true,
    },
    { name: 'one held', held: [part()], linked: ['180'], brought: answered(), is: [part()], complete: true },
    {
      name: 'one of which nothing is known',
      held: [],
      linked: ['180'],
      brought: answered(),
      is: [],
      complete: false,
    },
    { name: 'one taken off', held: [part()], linked: [], brought: answered(), is: [], complete: true },
    {
      name: 'one deleted',
      held: [part()],
      linked: ['180'],
      brought: answered('180'),
      is: [],
      complete: true,
    },
    {
      name: 'one deleted, heard of alone',
      held: [part()],
      linked: null,
      brought: answered('180'),
      is: [],
      complete: true,
    },
    {
      name: 'one edited',
      held: [part()],
      linked: ['180'],
      brought: answered(payment({ syncToken: '1', txnDate: '2026-03-05' })),
      is: [part({ syncToken: 1, paidOn: '2026-03-05' })],
      complete: true,
    },
    {
      name: 'one whose older version arrives late',
      held: [part({ syncToken: 2 })],
      linked: ['180'],
      brought: answered(payment({ syncToken: '1', totalCents: 0 })),
      is: [part({ syncToken: 2 })],
      complete: true,
    },
    {
      name: 'one the invoice does not know of yet',
      held: [],
      linked: null,
      brought: answered(payment()),
      is: [],
      complete: true,
    },
    {
      name: 'one applied elsewhere meanwhile',
      held: [],
      linked: ['180'],
      brought: answered(payment({ applications: [{ invoiceId: '146', amountCents: 10_000 }] })),
      is: [],
      complete: true,
    },
  ])('with $name', ({ held, linked, brought, is, complete }) => {
    expect(paymentsAfter('145', held, linked, brought)).toEqual({ payments: is, complete });
  });
});

describe('Which payments are read', () => {
  const invoice = (settledCents: number, ...linkedPaymentIds: string[]): QboInvoice => ({
    ...INVOICE,
    balanceCents: INVOICE.totalCents - settledCents,
    linkedPaymentIds,
  });

  it.each([
    { name: 'none where those held explain it', settled: 10_000, held: [part()], linked: ['180'], read: [] },
    { name: 'one that is not known', settled: 10_000, held: [], linked: ['180'], read: ['180'] },
    {
      name: 'one that must have been edited',
      settled: 9_000,
      held: [part()],
      linked: ['180'],
      read: ['180'],
    },
    { name: 'none where one was taken off', settled: 0, held: [part()], linked: [], read: [] },
    {
      name: 'all where one of two is not known',
      settled: 15_000,
      held: [part()],
      linked: ['181', '180'],
      read: ['181', '180'],
    },
  ])('$name', ({ settled, held, linked, read }) => {
    expect(paymentsToRead(invoice(settled, ...linked), held, answered())).toEqual(read);
  });

  it('never one that was brought along', () => {
    expect(paymentsToRead(invoice(10_000, '180'), [], answered(payment()))).toEqual([]);
    expect(paymentsToRead(invoice(9_000, '180'), [], answered(payment()))).toEqual([]);
  });
});

describe('What is on an invoice', () => {
  const deposit = part({ paymentId: '145', kind: 'deposit', paidOn: '2026-03-02', syncToken: 3 });

  it('is its payments and its own Deposit field', () => {
    const invoice = { ...INVOICE, linkedPaymentIds: ['180'], depositCents: 10_000 };
    expect(paymentsOn(invoice, [], answered(payment()))).toEqual({
      payments: [part(), deposit],
      complete: true,
    });
    expect(paymentsToRead(invoice, [part()], answered())).toEqual([]);
  });

  it('is no Deposit any more once that is taken out', () => {
    expect(paymentsOn({ ...INVOICE, balanceCents: 20_000 }, [deposit], answered()).payments).toEqual([]);
  });

  it('stays what it was where only a payment is news', () => {
    expect(paymentsAfter('145', [deposit, part()], null, answered('180')).payments).toEqual([deposit]);
  });

  it.each([
    { type: 'JournalEntry', kind: 'payment' },
    { type: 'Deposit', kind: 'payment' },
    { type: 'CreditMemo', kind: 'credit' },
  ] as const)('is the rest of what is settled by a $type linked to it: a $kind', ({ type, kind }) => {
    const invoice = { ...INVOICE, linkedPaymentIds: ['180'], otherLinks: [{ id: '90', type }] };
    const rest = { paymentId: '90', kind, amountCents: 10_000 };
    expect(paymentsOn(invoice, [part()], answered()).payments).toMatchObject([{ paymentId: '180' }, rest]);
  });
});

describe('How an invoice was settled', () => {
  it.each([
    { cash: 10_000, credit: 0, by: 'cash' },
    { cash: 0, credit: 10_000, by: 'credit' },
    { cash: 1, credit: 9_999, by: 'mixed' },
    { cash: 0, credit: 0, by: 'cash' },
  ])('with $cash in cash and $credit in credit is by $by', ({ cash, credit, by }) => {
    const facts = { cashCents: cash, creditCents: credit, cashOn: null, complete: true };
    expect(settledBy(facts)).toBe(by);
    expect(settledBy({ ...facts, complete: false })).toBeNull();
  });

  it('is dated by its newest cash', () => {
    const payments = [
      part({ paidOn: '2026-03-04' }),
      part({ paymentId: '181', paidOn: '2026-03-09' }),
      part({ paymentId: '182', kind: 'credit', paidOn: '2026-03-20' }),
    ];
    expect(paidFactsOf({ payments, complete: true })).toMatchObject({
      cashOn: '2026-03-09',
      cashCents: 20_000,
    });
  });
});

describe('So many invoices gone at once', () => {
  it.each([
    { gone: 4, linked: 4, isMass: false },
    { gone: 5, linked: 25, isMass: false },
    { gone: 5, linked: 24, isMass: true },
    { gone: 6, linked: 25, isMass: true },
    { gone: 200, linked: 1_000, isMass: false },
    { gone: 201, linked: 1_000, isMass: true },
  ])('$gone of $linked: $isMass', ({ gone, linked, isMass }) => {
    expect(isMassDeletion(gone, linked)).toBe(isMass);
  });
});
