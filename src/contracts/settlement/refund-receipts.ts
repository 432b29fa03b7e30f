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
  /** Of one that comes off what is owed: what of it, before tax, comes off income all the same, after the rest. */
  releasedCents: number;
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
 * refund that failed is its own while it is in the books. Of one receipt what failed is off income first, as it is what
 * a person is asked to put back first. Pure.
 */
export function receiptedRefunds(
  refunds: readonly ReceiptedRefund[],
  receipts: readonly RefundReceipt[],
): Map<number, Receipted> {
  const byRefund = new Map<number, Receipted>();
  for (const [paymentId, own] of Map.groupBy(receipts, (one) => one.paymentId)) {
    const place = placerOf(own);
    const made = refunds
      .filter((one) => one.paymentId === paymentId)
      .toSorted((one, other) => one.id - other.id);
    const goodCents = sumOf(made.filter(({ hasFailed }) => !hasFailed));
    let failedCents = Math.max(0, sumOf(own) - goodCents);
    const good: { id: number; parts: readonly Part[] }[] = [];
    for (const { id, cents, hasFailed } of made) {
      if (hasFailed) failedCents -= sumOf(place(Math.min(cents, failedCents)));
      else good.push({ id, parts: place(cents) });
    }
    const take = takerOf();
    for (const { id, parts } of good) byRefund.set(id, take(parts));
  }
  return byRefund;
}

/** What of a refund is on one receipt. */
interface Part {
  receipt: RefundReceipt;
  cents: number;
}

/** Puts amounts on receipts, the oldest first. */
function placerOf(receipts: readonly RefundReceipt[]): (cents: number) => Part[] {
  const leftCents = receipts.map(({ cents }) => cents);
  return (cents) => {
    let toPlace = cents;
    return receipts.flatMap((receipt, index) => {
      const onIt = Math.min(leftCents[index]!, toPlace);
      leftCents[index]! -= onIt;
      toPlace -= onIt;
      return onIt === 0 ? [] : [{ receipt, cents: onIt }];
    });
  };
}

/** Takes parts off their receipts: off what is held first. */
function takerOf(): (parts: readonly Part[]) => Receipted {
  const takenCents = new Map<RefundReceipt, number>();
  return (parts) => {
    const sum: Receipted = { cents: 0, taxCents: 0, releasedCents: 0, heldCents: 0, heldTaxCents: 0 };
    for (const { receipt, cents } of parts) {
      const before = takenCents.get(receipt) ?? 0;
      const after = before + cents;
      const taxUpTo = (part: number): number => shareOfCents(part, receipt.taxCents, receipt.cents);
      const mostHeldCents = Math.max(0, receipt.cents - receipt.taxCents - receipt.releasedCents);
      const heldUpTo = (part: number): number => Math.min(part - taxUpTo(part), mostHeldCents);
      sum.cents += cents;
      const taxCents = taxUpTo(after) - taxUpTo(before);
      sum.taxCents += taxCents;
      if (receipt.ofReleased === true) sum.releasedCents += cents;
      else sum.heldTaxCents += taxCents;
      if (receipt.ofReleased === false) {
        const heldCents = heldUpTo(after) - heldUpTo(before);
        sum.heldCents += heldCents;
        sum.releasedCents += cents - taxCents - heldCents;
      }
      takenCents.set(receipt, after);
    }
    return sum;
  };
}

function sumOf(all: readonly { cents: number }[]): number {
  return sumCents(all.map(({ cents }) => cents));
}
