import { describe, expect, it } from 'vitest';
import { receiptedRefunds, type RefundReceipt } from './refund-receipts.js';

const receipt = (cents: number, change: Partial<RefundReceipt> = {}): RefundReceipt => ({
  paymentId: 9,
  cents,
  taxCents: 0,
  ofReleased: null,
  releasedCents: 0,
  ...change,
});
const refund = (id: number, cents: number, hasFailed = false) => ({ id, paymentId: 9, cents, hasFailed });

describe('The receipts of refunds', () => {
  it('are those that were made in the same order, with their tax and what they took off income', () => {
    const receipts = [receipt(100, { ofReleased: false }), receipt(50, { taxCents: 5, ofReleased: true })];
    expect([...receiptedRefunds([refund(1, 100), refund(2, 50)], receipts)]).toEqual([
      [1, { cents: 100, taxCents: 0, releasedCents: 0, heldCents: 100, heldTaxCents: 0 }],
      [2, { cents: 50, taxCents: 5, releasedCents: 50, heldCents: 0, heldTaxCents: 0 }],
    ]);
  });

  it('sum to the tax of one receipt where it is of several refunds', () => {
    const receipted = receiptedRefunds(
      [refund(1, 33), refund(2, 33), refund(3, 34)],
      [receipt(100, { taxCents: 7 })],
    );
    expect([...receipted.values()].map(({ taxCents }) => taxCents)).toEqual([2, 3, 2]);
  });

  it('take no tax off a deposit that is held', () => {
    const receipts = [receipt(120, { taxCents: 20, ofReleased: false }), receipt(60, { taxCents: 10 })];
    expect([...receiptedRefunds([refund(1, 60), refund(2, 120)], receipts).values()]).toMatchObject([
      { cents: 60, taxCents: 10, heldCents: 50, heldTaxCents: 10 },
      { cents: 120, taxCents: 20, heldCents: 50, heldTaxCents: 20 },
    ]);
  });

  it('take off what is held first, and income beyond that', () => {
    const receipts = [receipt(120, { taxCents: 20, ofReleased: false, releasedCents: 30 })];
    expect([...receiptedRefunds([refund(1, 60), refund(2, 60)], receipts).values()]).toEqual([
      { cents: 60, taxCents: 10, releasedCents: 0, heldCents: 50, heldTaxCents: 10 },
      { cents: 60, taxCents: 10, releasedCents: 30, heldCents: 20, heldTaxCents: 10 },
    ]);
  });

  it('are off income first for what failed of one, whichever of its refunds that is', () => {
    const both = [receipt(150, { ofReleased: false, releasedCents: 50 })];
    const stands = { cents: 100, taxCents: 0, releasedCents: 0, heldCents: 100, heldTaxCents: 0 };
    expect([...receiptedRefunds([refund(1, 50, true), refund(2, 100)], both)]).toEqual([[2, stands]]);
    expect([...receiptedRefunds([refund(1, 100), refund(2, 50, true)], both)]).toEqual([[1, stands]]);
  });

  it('are of a refund that failed while they are in the books, and of no other', () => {
    const refunds = [refund(1, 100, true), refund(2, 50)];
    const own = receipt(50, { ofReleased: true });
    const expected = [[2, { cents: 50, taxCents: 0, releasedCents: 50, heldCents: 0, heldTaxCents: 0 }]];
    expect([...receiptedRefunds(refunds, [receipt(100, { ofReleased: false }), own])]).toEqual(expected);
    expect([...receiptedRefunds(refunds, [own])]).toEqual(expected);
  });

  it('are none of a refund that is not in the books', () => {
    const receipted = receiptedRefunds([refund(1, 100), { ...refund(2, 50), paymentId: 10 }], [receipt(100)]);
    expect(receipted.get(2)).toBeUndefined();
  });
});
