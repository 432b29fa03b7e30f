import type { LineItem, Sale, Settlement } from './papers.js';

export type Item = LineItem | 'tax' | 'unapplied';

/** What settles an invoice, with the day that counts and what it was paid for. */
export interface Settled extends Settlement {
  /** Of a credit memo its own day, else that of the payment. */
  countsOn: string;
  /** A credit memo without tax, which leaves that of its invoice. */
  isUntaxed: boolean;
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
      return { ...one, countsOn: memo?.day ?? one.day, isUntaxed: memo?.taxCents === 0 };
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
      const untaxed = left.map((cents, index) => (lines[index]!.item === 'tax' ? 0 : cents));
      const first = one.isUntaxed
        ? Math.min(
            one.cents,
            untaxed.reduce((sum, cents) => sum + cents, 0),
          )
        : 0;
      if (first > 0) take(first, untaxed);
      take(one.cents - first, [...left]);
      return { ...one, byItem };
    });
}

/** What of it is no tax: of a credit memo without tax all, also where it clears the invoice with its tax. */
export function netCentsOf({ isUntaxed, cents, byItem }: Settled): number {
  return isUntaxed ? cents : beforeTax(byItem);
}

/** What of it is no tax. */
export function beforeTax(byItem: ReadonlyMap<Item, number>): number {
  return [...byItem].reduce((sum, [item, cents]) => (item === 'tax' ? sum : sum + cents), 0);
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
