import { describe, expect, it } from 'vitest';
import { isOverpayment, openBefore } from './overpayment.js';

const PAID_AT = new Date('2026-03-04T10:00:00.700Z');
const SOON = new Date('2026-03-04T10:00:03Z');
const PAID = { amountCents: 30_000, currency: 'USD' };
const LATE = new Date('2026-03-06T10:00:00Z');

const invoiceWith = (balanceCents: number, others: readonly ('Deposit' | 'CreditMemo')[] = []) => ({
  id: '145',
  totalCents: 30_000,
  balanceCents,
  otherLinks: others.map((type) => ({ id: '9', type })),
});

/** A payment on the invoice, and on another one. */
const entered = (time: string | null, amountCents = 30_000) => ({
  applications: [
    { invoiceId: '145', amountCents },
    { invoiceId: '146', amountCents: 5_000 },
  ],
  enteredAt: time === null ? null : new Date(time),
});

it('A payment is no more than is open on an invoice in another currency, whatever that is', () => {
  expect(isOverpayment(PAID, { balanceCents: 10_000, currency: 'EUR' })).toBe(false);
  expect(isOverpayment(PAID, { balanceCents: 10_000, currency: 'USD' })).toBe(true);
  expect(isOverpayment(PAID, { balanceCents: 10_000, currency: null })).toBe(true);
});

describe('What was open on an invoice when a payment came that the bookkeeper enters', () => {
  it.each([
    { name: 'nothing, where a cheque was entered before', of: entered('2026-03-04T09:59:00Z'), open: 0 },
    { name: 'nothing, where it was in the same second', of: entered('2026-03-04T10:00:00Z'), open: 0 },
    { name: 'nothing, where nobody knows when it was entered', of: entered(null), open: 0 },
    { name: 'all, where it was entered since', of: entered('2026-03-04T10:00:01Z'), open: 30_000 },
  ])('$name', ({ of, open }) => {
    const before = openBefore(invoiceWith(0), [of], { paidAt: PAID_AT, now: LATE });
    expect(before.balanceCents).toBe(open);
    expect(isOverpayment(PAID, { ...before, currency: 'USD' })).toBe(open === 0);
  });

  it('what a cheque before had left, though the payment was entered since', () => {
    const payments = [entered('2026-03-01T10:00:00Z', 10_000), entered('2026-03-05T10:00:00Z', 20_000)];
    const before = openBefore(invoiceWith(0), payments, { paidAt: PAID_AT, now: LATE });
    expect(before.balanceCents).toBe(20_000);
  });

  it.each([
    {
      name: 'a deposit of the bank feed is money of before at once',
      others: ['Deposit'] as const,
      now: SOON,
      open: 0,
    },
    { name: 'and later on may be the payment', others: ['Deposit'] as const, now: LATE, open: 30_000 },
    { name: 'a credit memo is never the payment', others: ['CreditMemo'] as const, now: LATE, open: 0 },
  ])('$name', ({ others, now, open }) => {
    const before = openBefore(invoiceWith(0, others), [], { paidAt: PAID_AT, now });
    expect(before.balanceCents).toBe(open);
  });
});
