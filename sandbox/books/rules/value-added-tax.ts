import type { Company } from '../company.ts';
import { badEnum, businessRule } from '../fault.ts';
import { type Body, partOf, refOf, textOf } from '../json.ts';
import { keptOf, majorOf, minorOf, percentOf } from '../money.ts';
import type { Tax } from './sales-tax.ts';
import { type Rate, percentOfRates, ratesOf, taxLine } from './tax-rates.ts';

const CALCULATIONS = ['TaxExcluded', 'TaxInclusive', 'NotApplicable'] as const;
type Calculation = (typeof CALCULATIONS)[number];

/** Detail types whose lines carry a tax code. */
const DETAILS = [
  'SalesItemLineDetail',
  'AccountBasedExpenseLineDetail',
  'ItemBasedExpenseLineDetail',
] as const;

function calculationOf(draft: Body): Calculation {
  const sent = textOf(draft, 'GlobalTaxCalculation') ?? 'TaxExcluded';
  const known = CALCULATIONS.find((one) => one === sent);
  if (!known) throw badEnum('GlobalTaxCalculation', sent);
  return known;
}

/** A company in the US has no such calculation; whether it is refused there is a switch. */
export function checkCalculation({ isUs, world }: Company, draft: Body): void {
  if (isUs && draft.GlobalTaxCalculation !== undefined && world.switches.taxCalculationInUs === 'refused')
    throw businessRule('GlobalTaxCalculation cannot be used by a company in the US.');
}

/** What percent of an amount with tax in it is left without the tax; taken line by line, as QBO does. */
function withoutTax(percent: number): number {
  return (100 / (100 + percent)) * 100;
}

/** The price of one without tax, to seven digits. */
function unitPrice(net: number, quantity: number, currency: string): number {
  return Number((majorOf(net, currency) / quantity).toFixed(7));
}

interface CodedLine {
  line: Body;
  detail: string;
  code: string;
}

/** Outside the US every line that is sold or bought has a tax code, unless tax does not apply. */
function codedLines(lines: readonly Body[]): CodedLine[] {
  return lines.flatMap((line): CodedLine[] => {
    const detail = DETAILS.find((one) => line[one] !== undefined);
    if (!detail) return [];
    const code = refOf(partOf(line, detail), 'TaxCodeRef');
    if (code === undefined)
      throw businessRule('Make sure all your transactions have a tax rate before you save.');
    return [{ line, detail, code }];
  });
}

/**
 * Tax outside the US: codes per line, added to the amounts or taken out of them (`GlobalTaxCalculation`).
 * Returns the lines with net amounts and one `TaxLine` a rate.
 */
export function valueAddedTax(
  { store }: Company,
  draft: Body,
  lines: readonly Body[],
  currency: string,
  list: 'SalesTaxRateList' | 'PurchaseTaxRateList',
): Tax & { lines: Body[] } {
  const calculation = calculationOf(draft);
  const nothing = { tax: 0, TxnTaxDetail: { TotalTax: 0 }, lines: [...lines] };
  if (calculation === 'NotApplicable') return nothing;
  const byRate = new Map<string, { rate: Rate; net: number; tax: number }>();
  const coded = new Map(codedLines(lines).map((one) => [one.line, one]));
  const takenOf = (minor: number, percent: unknown): number =>
    keptOf(percentOf(minor, percent), currency, store.decimals);
  const netLines = lines.map((line) => {
    const one = coded.get(line);
    if (!one) return line;
    const rates = ratesOf(store, one.code, list);
    const detail = partOf(line, one.detail);
    const gross = minorOf(detail.TaxInclusiveAmt ?? line.Amount, currency);
    const inclusive = calculation === 'TaxInclusive';
    const net = inclusive
      ? takenOf(gross, withoutTax(percentOfRates(rates)))
      : minorOf(line.Amount, currency);
    const within = gross - net;
    for (const rate of rates) {
      const key = rate.id ?? '';
      const known = byRate.get(key) ?? { rate, net: 0, tax: 0 };
      const share = inclusive && rates.length === 1 ? within : takenOf(net, rate.percent);
      byRate.set(key, { rate, net: known.net + net, tax: known.tax + share });
    }
    if (!inclusive) return line;
    const quantity = Number(detail.Qty ?? 1) || 1;
    const shown = {
      ...detail,
      ...(detail.UnitPrice === undefined ? {} : { UnitPrice: unitPrice(net, quantity, currency) }),
      TaxInclusiveAmt: majorOf(gross, currency),
    };
    return { ...line, Amount: majorOf(net, currency), [one.detail]: shown };
  });
  const parts = [...byRate.values()].map((part) =>
    calculation === 'TaxExcluded' ? { ...part, tax: takenOf(part.net, part.rate.percent) } : part,
  );
  const tax = parts.reduce((sum, part) => sum + part.tax, 0);
  const TaxLine = parts.map((part) => taxLine(part.rate, part.net, part.tax, currency));
  return { tax, TxnTaxDetail: { TotalTax: majorOf(tax, currency), TaxLine }, lines: netLines };
}
