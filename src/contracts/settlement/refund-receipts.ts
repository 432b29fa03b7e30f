import { shareOfCents, sumCents } from '../../platform/money/cents.js';

/** A refund receipt in QuickBooks, or on its way there. What it took off stays so, whatever becomes of the invoice. */
export interface RefundReceipt {
  paymentId: number;
  cents: number;
  /** What of it is tax. */
  taxCents: number;
  /**
   * Of a deposit that is owed to the customer: it was released by then, and the receipt comes off income. Null where
   * deposits are income, and where it was not kept.
   */
  ofReleased: boolean | null;
}

/** A refund that was made, and may have failed since. */
export interface ReceiptedRefund {
  id: number;
  paymentId: number;
  cents: number;
  hasFailed: boolean;
}

/** What of a refund is on receipts. */
export interface Receipted {
  cents: number;
  taxCents: number;
  /** What of it came off income because the deposit was released. */
  releasedCents: number;
  /** What of it came off the deposit while that was owed to the customer, before tax. */
  heldCents: number;
  /** What of its tax is of receipts that did not come off income: it is no part of the deposit. */
  heldTaxCents: number;
}

/**
 * What of each refund is on receipts, by its id. Receipts are of refunds in the order in which both were made; one of a
 * refund that failed is its own while it is in the books. Pure.
 */
export function receiptedRefunds(
  refunds: readonly ReceiptedRefund[],
  receipts: readonly RefundReceipt[],
): Map<number, Receipted> {
  const byRefund = new Map<number, Receipted>();
  for (const [paymentId, own] of Map.groupBy(receipts, (one) => one.paymentId)) {
    const take = takerOf(own);
    const made = refunds
      .filter((one) => one.paymentId === paymentId)
      .toSorted((one, other) => one.id - other.id);
    const goodCents = sumOf(made.filter(({ hasFailed }) => !hasFailed));
    let failedCents = Math.max(0, sumOf(own) - goodCents);
    for (const { id, cents, hasFailed } of made) {
      if (hasFailed) failedCents -= take(Math.min(cents, failedCents)).cents;
      else byRefund.set(id, take(cents));
    }
  }
  return byRefund;
}

/** Takes amounts off receipts, the oldest first. */
function takerOf(receipts: readonly RefundReceipt[]): (cents: number) => Receipted {
  const takenCents = receipts.map(() => 0);
  return (cents) => {
    const sum: Receipted = { cents: 0, taxCents: 0, releasedCents: 0, heldCents: 0, heldTaxCents: 0 };
    for (const [index, receipt] of receipts.entries()) {
      const before = takenCents[index]!;
      const after = Math.min(receipt.cents, before + cents - sum.cents);
      if (after === before) continue;
      const taxUpTo = (part: number): number => shareOfCents(part, receipt.taxCents, receipt.cents);
      sum.cents += after - before;
      const taxCents = taxUpTo(after) - taxUpTo(before);
      sum.taxCents += taxCents;
      if (receipt.ofReleased === true) sum.releasedCents += after - before;
      else sum.heldTaxCents += taxCents;
      if (receipt.ofReleased === false) sum.heldCents += after - before - taxCents;
      takenCents[index] = after;
    }
    return sum;
  };
}

function sumOf(all: readonly { cents: number }[]): number {
  return sumCents(all.map(({ cents }) => cents));
}
