import type { Company } from './company.ts';
import { type Body, type Json, isBody, refOf } from './json.ts';
import { decimalsOf, exponentOf, isDecimal, keptOf, majorOf, minorOf } from './money.ts';

/** Fields of money that a client sends, wherever they stand in a record. Prices of one may have more digits. */
const AMOUNTS = new Set([
  'Amount',
  'Balance',
  'Deposit',
  'DiscountAmt',
  'NetAmountTaxable',
  'TaxInclusiveAmt',
  'TotalAmt',
  'TotalTax',
]);

const PARTIES = [
  ['CustomerRef', 'Customer'],
  ['VendorRef', 'Vendor'],
  ['DepositToAccountRef', 'Account'],
] as const;

/** The currency a record will be in: its own, else that of whom or what it is with, else the company's. */
function currencyOfDraft(company: Company, draft: Body): string {
  const own = refOf(draft, 'CurrencyRef');
  if (own !== undefined) return own;
  for (const [field, entity] of PARTIES) {
    const theirs = refOf(company.store.find(entity, refOf(draft, field)), 'CurrencyRef');
    if (theirs !== undefined) return theirs;
  }
  return company.homeCurrency;
}

function rounded(value: Json | undefined, field: string, round: (amount: Json) => number): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => rounded(one, '', round) ?? null);
  if (isBody(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one, key, round)]));
  return AMOUNTS.has(field) && value !== undefined && isDecimal(value) ? round(value) : value;
}

/**
 * What was sent with its amounts rounded to the decimals that are kept of its currency. The same body where a minor
 * unit has no more digits than that, as a cent.
 */
export function keptAmounts(company: Company, draft: Body): Body {
  const currency = currencyOfDraft(company, draft);
  const { decimals } = company.store;
  if (exponentOf(currency) === decimalsOf(currency, decimals)) return draft;
  const round = (amount: Json): number =>
    majorOf(keptOf(minorOf(amount, currency), currency, decimals), currency);
  return rounded(draft, '', round) as Body;
}
