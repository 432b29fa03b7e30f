import type { LineItem, Sale, Settlement } from './papers.js';

export type Item = LineItem | 'tax' | 'unapplied';

/** What settles an invoice, with the day that counts and what it was paid for. */
export interface Settled extends Settlement {
  /** Of a credit memo its own day, else that of the payment. */
  countsOn: string;
  /** What of it is tax: of a credit memo its own, whatever its invoice has. */
  taxCents: number;
  byItem: ReadonlyMap<Item, number>;
}

/**
 * What settles one invoice, the earliest first. Each takes its share of all that remains of the lines, of which tax is
 * one. `editedCents`: what a bookkeeper added to the first line.
 */
export function settledOf(
  invoice: Sale,
  settlements: readonly Settlement[],
  { memos, editedCents }: { memos: ReadonlyMap<string, Sale>; editedCents: number },
): Settled[] {
  const lines: { item: Item; cents: number }[] = [
    ...invoice.lines.map(({ item, cents }, index) => ({
      item,
      cents: index === 0 ? cents - editedCents : cents,
    })),
    { item: mainItemOf(invoice), cents: editedCents },
    { item: 'tax', cents: invoice.taxCents },
  ];
  const left = lines.map(({ cents }) => cents);
  return settlements
    .filter((one) => one.invoice === invoice.id)
    .map((one) => {
      const memo = one.memo === null ? undefined : memos.get(one.memo);
      return { ...one, countsOn: memo?.day ?? one.day, memoTax: memo && taxOnUse(memo, one, settlements) };
    })
    .toSorted(
      (one, other) =>
        Number(one.countsOn > other.countsOn) - Number(one.countsOn < other.countsOn) ||
        Number(one.id) - Number(other.id),
    )
    .map((one) => {
      const byItem = new Map<Item, number>();
      const take = (cents: number, from: readonly number[]): void => {
        for (const [index, share] of sharesOf(cents, from).entries()) {
          left[index]! -= share;
          const { item } = lines[index]!;
          if (share !== 0) byItem.set(item, (byItem.get(item) ?? 0) + share);
        }
      };
      const { memoTax, ...rest } = one;
      let open = one.cents;
      const takeOf = (most: number, isTax: boolean): void => {
        const part = left.map((cents, index) => ((lines[index]!.item === 'tax') === isTax ? cents : 0));
        const first = Math.min(most, sumOf(part));
        if (first > 0) take(first, part);
        open -= Math.max(0, first);
      };
      if (memoTax !== undefined) {
        takeOf(one.cents - memoTax, false);
        takeOf(memoTax, true);
      }
      take(open, [...left]);
      return { ...rest, byItem, taxCents: memoTax ?? byItem.get('tax') ?? 0 };
    });
}

/** What of it is no tax. */
export function netCentsOf({ cents, taxCents }: Settled): number {
  return cents - taxCents;
}

/** What of it is no tax. */
export function beforeTax(byItem: ReadonlyMap<Item, number>): number {
  return sumOf([...byItem].map(([item, cents]) => (item === 'tax' ? 0 : cents)));
}

/** The share of a credit memo's tax that this use of it has: all of its uses come to the whole. */
function taxOnUse(memo: Sale, use: Settlement, settlements: readonly Settlement[]): number {
  const uses = settlements.filter((one) => one.memo === use.memo && Number(one.id) < Number(use.id));
  const step = memo.currency === 'JPY' ? 100 : 1;
  const upTo = (cents: number): number =>
    step * Math.floor((cents * memo.taxCents) / memo.cents / step + 0.5);
  const before = sumOf(uses.map(({ cents }) => cents));
  return upTo(before + use.cents) - upTo(before);
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, cents) => sum + cents, 0);
}

/** Parts of whole cents; what is left goes cent by cent to the largest remainders, of equal ones to the one before. */
export function sharesOf(cents: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, one) => sum + one, 0);
  if (cents === whole) return [...weights];
  if (cents === 0) return weights.map(() => 0);
  const by = BigInt(whole);
  const exact = weights.map((one) => {
    const over = BigInt(one) * BigInt(cents);
    const part = over / by - (over % by < 0n ? 1n : 0n);
    return { part, rest: over - part * by };
  });
  let missing = cents - exact.reduce((sum, { part }) => sum + Number(part), 0);
  for (const one of exact.toSorted((a, b) => Number(b.rest - a.rest))) {
    if (missing === 0) break;
    one.part += 1n;
    missing -= 1;
  }
  return exact.map(({ part }) => Number(part));
}

function mainItemOf({ number }: Sale): LineItem {
  if (/-R\d*$/.test(number)) return 'retainage';
  return /-[FP]\d*/.test(number) ? 'work' : 'deposit';
}
