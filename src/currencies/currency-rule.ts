import { addDays, type CalendarDay } from '../platform/time/calendar-day.js';
import { type ExchangeRate, isAtPar } from '../platform/money/exchange-rate.js';

export const CURRENCY_PROBLEMS = ['currency_not_enabled', 'currency_not_active', 'no_exchange_rate'] as const;
export type CurrencyProblemCode = (typeof CURRENCY_PROBLEMS)[number];

/** Why nothing can be invoiced in a currency, with what to do, as sentences. */
export interface CurrencyProblem {
  code: CurrencyProblemCode;
  reason: string;
}

/** A rate that is older than this many days says nothing about today. */
const RATE_DAYS_MAX = 7;

/** A rate, and of which day it is. */
export interface DatedRate {
  rate: ExchangeRate;
  ratedOn: CalendarDay;
}

export interface CurrencyFacts {
  currency: string;
  /** The organisation's own. */
  ownCurrency: string;
  /** What the connected company's settings say; null while none is connected, or they were never read. */
  books: { homeCurrency: string; multiCurrency: boolean; activeCurrencies: readonly string[] } | null;
  /** The newest rate that is known of the currency; null without one. */
  rate: DatedRate | null;
  today: CalendarDay;
}

/**
 * Why the organisation cannot invoice in a currency; null where it can. The home currency needs nothing; any other has
 * to be enabled, active, and have a rate of the last seven days. Pure and total.
 */
export function currencyProblem(facts: CurrencyFacts): CurrencyProblem | null {
  const { currency, ownCurrency, books, rate, today } = facts;
  if (books === null) return currency === ownCurrency ? null : notOwn(ownCurrency);
  const { homeCurrency } = books;
  if (currency === homeCurrency) return null;
  if (!books.multiCurrency) {
    return {
      code: 'currency_not_enabled',
      reason:
        `The connected QuickBooks company keeps its books in ${homeCurrency} alone. Turn Multicurrency on in ` +
        `QuickBooks, or draft it in ${homeCurrency}.`,
    };
  }
  if (!books.activeCurrencies.includes(currency)) {
    return {
      code: 'currency_not_active',
      reason: `${currency} is not on the list of currencies in QuickBooks. Add it there, then try again.`,
    };
  }
  return rateProblem(rate, { currency, homeCurrency, today });
}

/**
 * Why a rate cannot be used for a document of this day; null where it can. QuickBooks answers exactly 1 where it knows
 * none, which is a rate only between currencies that are pegged one to one.
 */
export function rateProblem(
  rate: DatedRate | null,
  { currency, homeCurrency, today }: { currency: string; homeCurrency: string; today: CalendarDay },
): CurrencyProblem | null {
  const isKnown = rate !== null && (rate.rate !== '1' || isAtPar(currency, homeCurrency));
  if (isKnown && addDays(rate.ratedOn, RATE_DAYS_MAX) >= today) return null;
  const newest = isKnown ? ` newer than ${rate.ratedOn}` : '';
  return {
    code: 'no_exchange_rate',
    reason:
      `QuickBooks has no exchange rate from ${currency} to ${homeCurrency}${newest}. Set today's there, then try ` +
      'again.',
  };
}

function notOwn(ownCurrency: string): CurrencyProblem {
  return {
    code: 'currency_not_enabled',
    reason:
      `The organisation's own currency is ${ownCurrency}, and no QuickBooks company is connected that keeps ` +
      `others. Draft it in ${ownCurrency}.`,
  };
}
