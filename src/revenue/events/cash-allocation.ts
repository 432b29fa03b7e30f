import { apportion } from '../../platform/money/apportion.js';
import { addTo } from '../../contracts/settlement/settlements.js';
import { sumCents } from '../../platform/money/cents.js';
import { splitStepCents } from '../../platform/money/charge-amount.js';
import type { RevenueItem } from './revenue-event.js';

/** What of an amount goes to each item. */
export type ItemCents = ReadonlyMap<RevenueItem, number>;

/** Splits what went back over what came in, by item; where nothing is known to have come in, it is all of one item. */
export function returnedItems(
  cents: number,
  { currency, received, otherwise }: { currency: string; received: ItemCents; otherwise: RevenueItem },
): Map<RevenueItem, number> {
  const items = [...received].filter(([, one]) => one !== 0);
  const whole = sumCents(items.map(([, one]) => one));
  const byItem = new Map<RevenueItem, number>();
  const known = Math.min(cents, Math.max(0, whole));
  if (known > 0) {
    const amounts = items.map(([, one]) => one);
    const shares = apportion(known, amounts, splitStepCents(currency, [known, ...amounts]));
    items.forEach(([item], index) => addTo(byItem, item, shares[index]!));
  }
  addTo(byItem, otherwise, cents - known);
  return byItem;
}
