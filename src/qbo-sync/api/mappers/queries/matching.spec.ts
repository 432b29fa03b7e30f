import { describe, expect, it } from 'vitest';
import { incomeAccountOf } from '../reading/income-account.js';
import { hasEmail, sameName } from './matching.js';

describe('Finding the right record', () => {
  it.each([
    ['eva@acme.test', 'EVA@acme.test', true],
    ['office@acme.test, eva@acme.test', 'eva@acme.test', true],
    ['office@acme.test; eva@acme.test', 'eva@acme.test', true],
    ['eva@acme.test.evil', 'eva@acme.test', false],
    [null, 'eva@acme.test', false],
  ])('a customer with %j has %j: %s', (email, wanted, has) => {
    expect(hasEmail({ email }, wanted)).toBe(has);
  });

  it('takes names for the same as QuickBooks does', () => {
    expect(sameName('Jose\u0301', 'JOS\u00c9')).toBe(true);
    expect([sameName('Roof Deposit ', 'roof deposit'), sameName('Roof', 'Roof Deposit')]).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['by its subtype', 'Fees'],
    ['by its name', 'Sales of roofs'],
    ['the first', 'Interest'],
  ])('books sales to an income account %s', (_, expected) => {
    const income = { accountType: 'Income', active: true };
    const accounts = [
      { ...income, id: '1', name: 'Interest', accountSubType: null },
      { ...income, id: '2', name: 'Sales of roofs', accountSubType: 'OtherPrimaryIncome' },
      { ...income, id: '3', name: 'Fees', accountSubType: 'ServiceFeeIncome' },
    ];
    const from = accounts.findIndex(({ name }) => name === expected);
    expect(incomeAccountOf(accounts.slice(0, from + 1))?.name).toBe(expected);
    expect(incomeAccountOf([])).toBeNull();
  });

  it('books no sales to what QuickBooks keeps for something else, while there is another account', () => {
    const income = { accountType: 'Income', active: true, accountSubType: 'ServiceFeeIncome' };
    const billable = { ...income, id: '85', name: 'Billable Expense Income' };
    const uncategorised = { ...income, id: '30', name: 'Uncategorised Income' };
    const discounts = {
      ...income,
      id: '86',
      name: 'Discounts on sales',
      accountSubType: 'DiscountsRefundsGiven',
    };
    const fees = { ...income, id: '5', name: 'Fees Billed' };
    const services = { ...income, id: '1', name: 'Services' };
    const other = { ...income, id: '9', name: 'Design income', accountSubType: 'OtherPrimaryIncome' };
    expect(incomeAccountOf([billable, uncategorised, discounts, fees, services])).toBe(services);
    expect(incomeAccountOf([billable, uncategorised, discounts, fees])).toBe(fees);
    expect(incomeAccountOf([billable, discounts, other])).toBe(other);
    expect(incomeAccountOf([billable])).toBe(billable);
  });
});
