import { describe, expect, it } from 'vitest';
import { World } from '../../world.ts';
import type { Company } from '../company.ts';
import type { Body } from '../json.ts';
import { createCompany } from '../open-company.ts';
import { writeRecord } from '../write-record.ts';
import { rowsOf } from './report.ts';
import { REPORTS, runReport } from './run-report.ts';

const BY_HAND = { byHand: true };
const YEAR = { start_date: '2027-01-01', end_date: '2027-12-31', report_date: '2027-12-31' };

function open(CurrencyPrefs: Body): Company {
  const company = createCompany(new World());
  writeRecord(company, 'update', 'Preferences', { CurrencyPrefs }, BY_HAND);
  return company;
}

function sell(company: Company, money: Body, Amount: number): void {
  const { Id } = writeRecord(company, 'create', 'Customer', {
    DisplayName: 'Tokyo',
    CurrencyRef: money.CurrencyRef!,
  });
  const sold = { DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } };
  const invoice = { CustomerRef: { value: Id! }, TxnDate: '2027-03-01', ...money };
  writeRecord(company, 'create', 'Invoice', { ...invoice, Line: [{ Amount, ...sold }] });
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
