import { shareOfCents, sumCents } from '../platform/money/cents.js';
import { splitStepCents } from '../platform/money/charge-amount.js';

/** What of an invoice's work stands under a tax code in QuickBooks, before tax and whatever its tax comes to. */
export interface CodeOfWork {
  taxCode: string;
  amountCents: number;
}

/**
 * Under which tax codes an invoice has its work: the lines of the product of the work, or, where a bookkeeper has
 * given them others, all that bill anything. What is taken off for a deposit, or withheld, is none. Null where a line
 * does not say its code, and where there is no work. Pure.
 */
export function codesOfWork(
  lines: readonly { itemId: string; taxCode: string | null; amountCents: number }[],
  itemIds: ReadonlySet<string>,
): CodeOfWork[] | null {
  const billed = lines.filter(({ amountCents }) => amountCents > 0);
  const own = billed.filter(({ itemId }) => itemIds.has(itemId));
  const byCode = new Map<string, number>();
  for (const { taxCode, amountCents } of own.length > 0 ? own : billed) {
    if (taxCode === null) return null;
    byCode.set(taxCode, (byCode.get(taxCode) ?? 0) + amountCents);
  }
  if (byCode.size === 0) return null;
  return [...byCode].map(([taxCode, amountCents]) => ({ taxCode, amountCents }));
}

/** Lines under these codes, each in the proportion of the work: together they come to what they came to. Pure. */
export function linesUnder<L extends { amountCents: number }>(
  lines: readonly L[],
  codes: readonly CodeOfWork[],
  currency: string,
): (L & { taxCode: string })[] {
  const step = splitStepCents(
    currency,
    lines.map((line) => line.amountCents),
  );
  const wholeCents = sumCents(codes.map((code) => code.amountCents));
  return lines.flatMap((line) => {
    let upToCents = 0;
    const upTo = (): number => step * shareOfCents(line.amountCents / step, upToCents, wholeCents);
    return codes
      .map(({ taxCode, amountCents }) => {
        const before = upTo();
        upToCents += amountCents;
        return { ...line, amountCents: upTo() - before, taxCode };
      })
      .filter(({ amountCents }) => amountCents !== 0);
  });
}
