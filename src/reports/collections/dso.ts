import { shareOfCents } from '../../platform/money/cents.js';

/** What is owed and what was invoiced in one currency, in cents. */
export interface Receivables {
  currency: string;
  receivableCents: number;
  invoicedCents: number;
}

export interface Dso extends Receivables {
  /** With one decimal; null where nothing was invoiced in the days. */
  dsoDays: number | null;
}

/**
 * Days sales outstanding: what is owed at the end of the last day, divided by what was invoiced in the days before it,
 * times their number. With one decimal, half up. Pure.
 */
export function dsoOf(receivables: readonly Receivables[], days: number): Dso[] {
  return receivables
    .toSorted((one, other) => one.currency.localeCompare(other.currency))
    .map((one) => ({
      ...one,
      dsoDays:
        one.invoicedCents <= 0 ? null : shareOfCents(one.receivableCents, days * 10, one.invoicedCents) / 10,
    }));
}
