import { sumCents } from './cents.js';

/** Anything whose amounts are in one currency. ISO 4217. */
export interface InCurrency {
  readonly currency: string;
}

/** An amount in cents of its currency. */
export interface Amount {
  cents: number;
  currency: string;
}

/** Thrown where amounts of two currencies were about to be added. */
export class MixedCurrenciesError extends Error {
  constructor(wanted: string, met: string) {
    super(`An amount in ${met} was about to be added to amounts in ${wanted}.`);
    this.name = 'MixedCurrenciesError';
  }
}

/** The sum of amounts of rows that are all in this currency. Throws MixedCurrenciesError where one is not. */
export function sumIn<Row extends InCurrency>(
  currency: string,
  rows: readonly Row[],
  centsOf: (row: Row) => number,
): number {
  const other = rows.find((row) => row.currency !== currency);
  if (other) throw new MixedCurrenciesError(currency, other.currency);
  return sumCents(rows.map(centsOf));
}

/** The rows of each currency, in the order of the currencies' codes. */
export function byCurrency<Row extends InCurrency>(rows: readonly Row[]): [string, Row[]][] {
  return [...Map.groupBy(rows, ({ currency }) => currency)].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
}
