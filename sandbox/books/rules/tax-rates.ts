import { type Body, partOf, refOf, rowsOf, textOf } from '../json.ts';
import { type Decimals, keptOf, majorOf, percentOf } from '../money.ts';
import type { Store } from '../store.ts';

/** One rate of a tax code. */
export interface Rate {
  id: string | undefined;
  percent: unknown;
}

/** The rates of a tax code on sales or on purchases; none for an unknown, exempt or pseudo code. */
export function ratesOf(
  store: Store,
  codeId: string | undefined,
  list: 'SalesTaxRateList' | 'PurchaseTaxRateList' = 'SalesTaxRateList',
): Rate[] {
  const code = store.find('TaxCode', codeId);
  return rowsOf(partOf(code, list), 'TaxRateDetail').map((detail) => {
    const id = refOf(detail, 'TaxRateRef');
    return { id, percent: store.find('TaxRate', id)?.RateValue ?? 0 };
  });
}

/** A `TaxLine`: what one rate takes of a net amount. Minor units. */
export function taxLine(rate: Rate, net: number, tax: number, currency: string): Body {
  return {
    Amount: majorOf(tax, currency),
    DetailType: 'TaxLineDetail',
    TaxLineDetail: {
      ...(rate.id === undefined ? {} : { TaxRateRef: { value: rate.id } }),
      PercentBased: true,
      TaxPercent: Number(rate.percent),
      NetAmountTaxable: majorOf(net, currency),
    },
  };
}

/** The tax of each rate on one net amount, as tax lines, and their sum in minor units. */
export function taxed(
  rates: readonly Rate[],
  net: number,
  currency: string,
  decimals: Decimals,
): { TaxLine: Body[]; tax: number } {
  const parts = rates.map((rate) => ({
    rate,
    tax: keptOf(percentOf(net, rate.percent), currency, decimals),
  }));
  return {
    TaxLine: parts.map(({ rate, tax }) => taxLine(rate, net, tax, currency)),
    tax: parts.reduce((sum, { tax }) => sum + tax, 0),
  };
}

/** Percent of all rates together. */
export function percentOfRates(rates: readonly Rate[]): number {
  return rates.reduce((sum, { percent }) => sum + Number(percent), 0);
}

/** The state a sale goes to: where it is shipped, else where it is billed. */
export function stateOf(body: Body): string | undefined {
  const shipped = textOf(partOf(body, 'ShipAddr'), 'CountrySubDivisionCode');
  return shipped ?? textOf(partOf(body, 'BillAddr'), 'CountrySubDivisionCode');
}
