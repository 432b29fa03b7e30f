import { describe, expect, it } from 'vitest';
import { World } from '../../world.ts';
import type { Company } from '../company.ts';
import type { Body } from '../json.ts';
import type { Decimals } from '../money.ts';
import { createCompany } from '../open-company.ts';
import { writeRecord } from '../write-record.ts';
import { rowsOf } from './report.ts';
import { REPORTS, runReport } from './run-report.ts';

const BY_HAND = { byHand: true };
const YEAR = { start_date: '2027-01-01', end_date: '2027-12-31', report_date: '2027-12-31' };

function open(CurrencyPrefs: Body, currencyDecimals: Decimals = 'own'): Company {
  const company = createCompany(new World({ currencyDecimals }));
  writeRecord(company, 'update', 'Preferences', { CurrencyPrefs }, BY_HAND);
  return company;
}

function sell(company: Company, money: Body, Amount: number, more: Body = {}): Body {
  const { Id } = writeRecord(company, 'create', 'Customer', {
    DisplayName: 'Tokyo',
    CurrencyRef: money.CurrencyRef!,
  });
  const sold = { DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } };
  const invoice = { CustomerRef: { value: Id! }, TxnDate: '2027-03-01', ...money };
  return writeRecord(company, 'create', 'Invoice', { ...invoice, Line: [{ Amount, ...sold }], ...more });
}

/** Every number in a report's columns of money. */
function amountsOf(company: Company, name: string): string[] {
  const { Columns, Rows } = runReport(company, name, YEAR);
  const isMoney = Columns.Column.map(({ ColType }) => ColType === 'Money');
  const cells = [...rowsOf(Rows.Row)].flatMap((row) =>
    [row.ColData, row.Header?.ColData, row.Summary?.ColData]
      .flatMap((found) => found ?? [])
      .map((cell, index) => ({
        ...cell,
        isMoney: isMoney[index % isMoney.length],
      })),
  );
  return cells.filter((cell) => cell.isMoney && cell.value !== '').map(({ value }) => value);
}

describe('A company that counts in yen', () => {
  const company = open({ HomeCurrency: { value: 'JPY' } });
  sell(company, { CurrencyRef: { value: 'JPY' } }, 1_234_567);

  it.each(Object.keys(REPORTS))('has no decimals in %s', (name) => {
    expect(amountsOf(company, name).filter((amount) => !/^-?\d+$/.test(amount))).toEqual([]);
  });

  it.each(['ProfitAndLoss', 'AgedReceivables', 'TrialBalance', 'ItemSales', 'TransactionList'])(
    'is told its yen in %s, not a hundredth of them',
    (name) => expect(amountsOf(company, name)).toContain('1234567'),
  );
});

describe('A dollar company that sells in yen', () => {
  const company = open({ MultiCurrencyEnabled: true });
  writeRecord(company, 'create', 'CompanyCurrency', { Code: 'JPY' });
  sell(company, { CurrencyRef: { value: 'JPY' }, ExchangeRate: 0.0065 }, 100_000);

  it.each(['ProfitAndLoss', 'AgedReceivables', 'ItemSales', 'CustomerIncome'])('has dollars in %s', (name) =>
    expect(amountsOf(company, name)).toContain('650.00'),
  );

  it('has yen where a document or an account is listed', () => {
    expect(amountsOf(company, 'TransactionList')).toEqual(['100000']);
    expect(amountsOf(company, 'AccountList')).toContain('100000');
  });
});

const YEN = { CurrencyRef: { value: 'JPY' } };
const DISCOUNT = {
  DetailType: 'DiscountLineDetail',
  DiscountLineDetail: { PercentBased: true, DiscountPercent: 10 },
};
const line = (Amount: number, code: string): Body => ({
  Amount,
  DetailType: 'SalesItemLineDetail',
  SalesItemLineDetail: { ItemRef: { value: '1' }, TaxCodeRef: { value: code } },
});

describe('Whether a yen has hundredths is a switch', () => {
  const taxed = { Line: [line(1005, 'TAX'), DISCOUNT], TxnTaxDetail: { TxnTaxCodeRef: { value: '2' } } };

  it.each([
    ['two', { TotalAmt: 984.9, TxnTaxDetail: { TotalTax: 80.4 } }, '984.90'],
    ['own', { TotalAmt: 984, TxnTaxDetail: { TotalTax: 80 } }, '984'],
  ] as const)(
    '`%s`: discount, tax and total have its decimals, in the books and in the reports',
    (rule, sum, text) => {
      const company = open({ HomeCurrency: { value: 'JPY' } }, rule);
      expect(sell(company, YEN, 1005, taxed)).toMatchObject(sum);
      expect(amountsOf(company, 'CustomerBalance')).toContain(text);
      expect(amountsOf(company, 'TransactionList')).toEqual([text]);
    },
  );

  it.each([
    ['two', 100.5, '100.50'],
    ['own', 101, '101'],
  ] as const)('`%s`: so have amounts that are sent', (rule, amount, text) => {
    const company = open({ MultiCurrencyEnabled: true }, rule);
    writeRecord(company, 'create', 'CompanyCurrency', { Code: 'JPY' });
    const invoice = sell(company, YEN, 100.5);
    expect(invoice).toMatchObject({ TotalAmt: amount, Balance: amount });
    const payment = { CustomerRef: invoice.CustomerRef!, TotalAmt: 100.5, ...YEN };
    const LinkedTxn = [{ TxnId: invoice.Id, TxnType: 'Invoice' }] as Body[];
    const paid = writeRecord(company, 'create', 'Payment', {
      ...payment,
      Line: [{ Amount: 100.5, LinkedTxn }],
    });
    expect(paid).toMatchObject({ TotalAmt: amount, UnappliedAmt: 0 });
    expect(JSON.stringify(paid.Line)).toContain(`{"Name":"txnOpenBalance","Value":"${text}"}`);
  });

  it('what an exchange rate makes of dollars is whole yen too, and the books balance', () => {
    for (const [rule, home] of [
      ['two', 15_034.53],
      ['own', 15_035],
    ] as const) {
      const company = open({ HomeCurrency: { value: 'JPY' }, MultiCurrencyEnabled: true }, rule);
      writeRecord(company, 'create', 'CompanyCurrency', { Code: 'USD' });
      const dollars = { CurrencyRef: { value: 'USD' }, ExchangeRate: 150.3453 };
      expect(sell(company, dollars, 100)).toMatchObject({ TotalAmt: 100, HomeTotalAmt: home });
      expect(amountsOf(company, 'BalanceSheet')).toContain(rule === 'two' ? '15034.53' : '15035');
    }
  });

  it('dinars are kept to the hundredth, or to the thousandth', () => {
    for (const [rule, TotalAmt] of [
      ['two', 1.24],
      ['own', 1.235],
    ] as const) {
      const company = open({ HomeCurrency: { value: 'KWD' } }, rule);
      expect(sell(company, { CurrencyRef: { value: 'KWD' } }, 1.235)).toMatchObject({ TotalAmt });
    }
  });
});
