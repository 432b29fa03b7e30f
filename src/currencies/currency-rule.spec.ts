import { describe, expect, it } from 'vitest';
import { type CurrencyFacts, currencyProblem } from './currency-rule.js';

const TODAY = '2026-03-15';
const BOOKS = { homeCurrency: 'USD', multiCurrency: true, activeCurrencies: ['EUR', 'JPY'] };
const RATE = { rate: '1.0845', ratedOn: '2026-03-14' };
const FACTS: CurrencyFacts = { currency: 'EUR', ownCurrency: 'USD', books: BOOKS, rate: RATE, today: TODAY };

describe('An organisation can invoice', () => {
  it.each<{ name: string; facts: Partial<CurrencyFacts> }>([
    { name: 'in the home currency, without a rate', facts: { currency: 'USD', rate: null } },
    { name: 'in a currency that is active and has a rate', facts: {} },
    { name: 'at a rate of seven days ago', facts: { rate: { ...RATE, ratedOn: '2026-03-08' } } },
    { name: 'in its own currency while no company is connected', facts: { currency: 'USD', books: null } },
    {
      name: 'at one to one in a currency that is pegged so',
      facts: {
        currency: 'BSD',
        books: { ...BOOKS, activeCurrencies: ['BSD'] },
        rate: { rate: '1', ratedOn: TODAY },
      },
    },
  ])('$name', ({ facts }) => {
    expect(currencyProblem({ ...FACTS, ...facts })).toBeNull();
  });

  it.each<{ name: string; code: string; facts: Partial<CurrencyFacts> }>([
    {
      name: 'in another than its own without a company',
      code: 'currency_not_enabled',
      facts: { books: null },
    },
    {
      name: 'in another than the home currency where the books keep one alone',
      code: 'currency_not_enabled',
      facts: { books: { ...BOOKS, multiCurrency: false } },
    },
    { name: 'in one that is not on the list', code: 'currency_not_active', facts: { currency: 'GBP' } },
    { name: 'without a rate', code: 'no_exchange_rate', facts: { rate: null } },
    {
      name: 'at a rate of eight days ago',
      code: 'no_exchange_rate',
      facts: { rate: { ...RATE, ratedOn: '2026-03-07' } },
    },
    {
      name: 'at one to one, which is what QuickBooks says where it knows no rate',
      code: 'no_exchange_rate',
      facts: { rate: { rate: '1', ratedOn: TODAY } },
    },
  ])('not $name: $code', ({ code, facts }) => {
    expect(currencyProblem({ ...FACTS, ...facts })?.code).toBe(code);
  });

  it('by a reason that names both currencies and what to do', () => {
    expect(currencyProblem({ ...FACTS, rate: { ...RATE, ratedOn: '2026-03-01' } })?.reason).toBe(
      "QuickBooks has no exchange rate from EUR to USD newer than 2026-03-01. Set today's there, then try again.",
    );
  });
});
