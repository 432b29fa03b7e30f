import { apportion } from '../../contracts/apportion.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { ApplicationFact, InvoiceFact } from './contract-facts.js';
import type { RevenueItem } from './revenue-event.js';
import { sumCents } from '../../platform/money/cents.js';

/** What of an amount goes to each item. */
export type ItemCents = ReadonlyMap<RevenueItem, number>;

/** A line of an invoice, signed, with its tax as a line of its own at the end. */
export interface CashLine {
  item: RevenueItem;
  cents: number;
}

/**
 * The lines that money for an invoice pays: as they were asked of QuickBooks, then its tax. What QuickBooks has
 * besides, because the invoice was edited or linked by hand, is of the kind of the invoice. They sum to the total.
 */
export function cashLines(invoice: InvoiceFact): CashLine[] {
  const lines: CashLine[] = invoice.lines.map(({ kind, cents }) => ({ item: kind, cents }));
  const asked = sumCents(lines.map(({ cents }) => cents));
  const item = invoice.kind === 'progress' || invoice.kind === 'final' ? 'work' : invoice.kind;
  lines.push({ item, cents: invoice.totalCents - invoice.taxCents - asked });
  lines.push({ item: 'tax', cents: invoice.taxCents });
  return lines.filter(({ cents }) => cents !== 0);
}

/**
 * Splits money over what remains of lines that may be negative, by largest remainder, of equal ones to the line before.
 * The payment that clears the invoice clears every line. What is above all that remains is unapplied. Changes
 * `remaining`. Pure otherwise.
 */
export function payLines(
  lines: readonly CashLine[],
  remaining: number[],
  cents: number,
): Map<RevenueItem, number> {
  const open = sumCents(remaining);
  const paid = Math.max(0, Math.min(cents, open));
  const shares = paid === open ? [...remaining] : apportion(paid, remaining);
  const byItem = new Map<RevenueItem, number>();
  shares.forEach((share, index) => {
    remaining[index]! -= share;
    addTo(byItem, lines[index]!.item, share);
  });
  addTo(byItem, 'unapplied', cents - paid);
  return byItem;
}

/** Everything that settles an invoice, in the order of its days, with what of each line it settles. */
export function settlements(
  invoice: InvoiceFact,
  applications: readonly ApplicationFact[],
): { application: ApplicationFact; on: CalendarDay; byItem: ItemCents }[] {
  const lines = cashLines(invoice);
  const remaining = lines.map(({ cents }) => cents);
  return applications
    .filter(({ invoiceId }) => invoiceId === invoice.id)
    .map((application) => ({ application, on: application.on ?? invoice.txnOn }))
    .toSorted((one, other) =>
      one.on === other.on ? one.application.id - other.application.id : one.on < other.on ? -1 : 1,
    )
    .map(({ application, on }) => ({
      application,
      on,
      byItem: payLines(lines, remaining, application.cents),
    }));
}

/** Splits what went back over what came in, by item; where nothing is known to have come in, it is all of one item. */
export function returnedItems(
  cents: number,
  received: ItemCents,
  otherwise: RevenueItem,
): Map<RevenueItem, number> {
  const items = [...received].filter(([, one]) => one !== 0);
  const whole = sumCents(items.map(([, one]) => one));
  const byItem = new Map<RevenueItem, number>();
  const known = Math.min(cents, Math.max(0, whole));
  if (known > 0) {
    const shares = apportion(
      known,
      items.map(([, one]) => one),
    );
    items.forEach(([item], index) => addTo(byItem, item, shares[index]!));
  }
  addTo(byItem, otherwise, cents - known);
  return byItem;
}

export function addTo(byItem: Map<RevenueItem, number>, item: RevenueItem, cents: number): void {
  if (cents !== 0) byItem.set(item, (byItem.get(item) ?? 0) + cents);
}
