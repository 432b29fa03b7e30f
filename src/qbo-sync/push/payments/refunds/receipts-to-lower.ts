import { HELD_DEPOSIT_ITEM_NAME, WORK_ITEM_NAME } from '../../../../contracts/billing/deposit-item-name.js';
import type { ReceiptToLower } from '../../../../messages/next-steps.js';
import { sumCents } from '../../../../platform/money/cents.js';
import { stepsTooMuch } from './books-plan.js';
import { type OutboundRefund, plannedStepOf } from './refund-step.js';

/**
 * Which receipts in the books are too much, by their lines: what came off income comes back first, for with less to
 * give back all of it would have come off the deposit. `released` is what of each came off income beside that, by its
 * step. Undefined where none of them names two products, or not all that is too much is certainly in the books. Pure.
 */
export function receiptsToLower(
  excessCents: number,
  steps: readonly OutboundRefund[],
  failedCents: readonly number[],
  released: ReadonlyMap<string, number>,
): ReceiptToLower[] | undefined {
  const done = new Map(steps.filter(({ state }) => state === 'done').map((step) => [step.id, step]));
  const tooMuch = stepsTooMuch(excessCents, [...done.values()].map(plannedStepOf), failedCents);
  const receipts = tooMuch.map(({ id, toCents }): ReceiptToLower => {
    const { payload } = done.get(id)!;
    const offCents = payload.amountCents - toCents;
    const restItem = payload.ofReleased ? WORK_ITEM_NAME : HELD_DEPOSIT_ITEM_NAME;
    const isPlain = payload.ofReleased !== undefined && payload.draft?.taxed === undefined;
    const { overCents = 0 } = payload;
    return {
      standsCents: overCents === null ? null : payload.amountCents + overCents,
      toCents,
      offCents,
      ofWorkCents: Math.min(offCents, released.get(id) ?? 0),
      restItem: isPlain ? restItem : null,
    };
  });
  const isSplit = receipts.some(({ ofWorkCents }) => ofWorkCents > 0);
  const isAll = sumCents(receipts.map(({ offCents }) => offCents)) === excessCents;
  return isSplit && isAll ? receipts : undefined;
}
