import type { Company } from './company.ts';
import { badCurrency } from './fault.ts';
import { type Body, refOf } from './json.ts';

const NAMES: Record<string, string> = {
  AUD: 'Australian Dollar',
  CAD: 'Canadian Dollar',
  CHF: 'Swiss Franc',
  EUR: 'Euro',
  GBP: 'British Pound Sterling',
  JPY: 'Japanese Yen',
  USD: 'United States Dollar',
};

export function currencyName(code: string): string {
  return NAMES[code] ?? code;
}

export function currencyRef(code: string): Body {
  return { value: code, name: currencyName(code) };
}

/**
 * The currency a name or transaction is kept in: the one asked for, else `fallback`. A single-currency
 * company knows only its home currency; with several, only those that are its home or stand active in its
 * list.
 */
export function currencyFor(company: Company, draft: Body, fallback = company.homeCurrency): Body {
  const asked = refOf(draft, 'CurrencyRef') ?? fallback;
  if (asked === company.homeCurrency) return currencyRef(asked);
  if (!company.isMultiCurrency)
    throw badCurrency(`Invalid Currency : ${asked}. Multi-currency is not enabled for this company.`);
  const listed = company.store
    .all('CompanyCurrency')
    .some((one) => one.Code === asked && one.Active !== false);
  if (!listed) throw badCurrency(`Invalid Currency : ${asked} is not in the company's currency list.`);
  return currencyRef(asked);
}
