import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histories, openTradingBooks, take } from '../../testing/random-history.ts';
import { World } from '../../world.ts';
import type { Company } from '../company.ts';
import { createCompany } from '../open-company.ts';
import type { Body } from '../json.ts';
import { ACCOUNT } from '../ledger/accounts.ts';
import { writeRecord } from '../write-record.ts';
import { cashLines } from './cash-basis.ts';
import { type WrittenReport, rowsOf } from './report.ts';
import { REPORTS, runReport } from './run-report.ts';

const WIDE = { start_date: '1900-01-01', end_date: '2100-12-31' };
const cents = (text: string | undefined): number => Math.round(Number(text ?? 0) * 100);

/** The last amount in the total of a group or title. */
function total(report: WrittenReport, name: string): number {
  for (const row of rowsOf(report.Rows.Row)) {
    const cells = row.Summary?.ColData ?? row.ColData;
    if (row.group === name || cells?.[0]?.value === name) return cents(cells?.at(-1)?.value);
  }
  return 0;
}

function run(company: Company, name: string, query: Record<string, string> = {}): WrittenReport {
  return runReport(company, name, { ...WIDE, ...query });
}

function booksAfter(steps: Parameters<typeof take>[1][]): Company {
  const company = createCompany(new World());
  openTradingBooks(company);
  for (const step of steps) take(company, step);
  return company;
}

describe('the reports, whatever was done to the books,', () => {
  it('balance: assets are liabilities and equity, on both bases', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom('Cash', 'Accrual'), (steps, accounting_method) => {
        const sheet = run(booksAfter(steps), 'BalanceSheet', { accounting_method });
        expect(total(sheet, 'TotalAssets')).toBe(total(sheet, 'TotalLiabilitiesAndEquity'));
      }),
      { numRuns: 100 },
    );
  });

  it('add up: aging is what stands on A/R and A/P, the trial balance is even, income is what equity gained', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const company = booksAfter(steps);
        const { ledger } = company.store;
        const day = { report_date: '2100-12-31' };
        expect(total(run(company, 'AgedReceivables', day), 'GrandTotal')).toBe(
          ledger.homeBalance(ACCOUNT.receivable),
        );
        expect(total(run(company, 'CustomerBalance', day), 'GrandTotal')).toBe(
          ledger.homeBalance(ACCOUNT.receivable),
        );
        expect(
          total(run(company, 'AgedPayables', day), 'GrandTotal') + ledger.homeBalance(ACCOUNT.payable),
        ).toBe(0);
        const trial = run(company, 'TrialBalance');
        const sums = [...rowsOf(trial.Rows.Row)].find(({ group }) => group === 'GrandTotal')?.Summary
          ?.ColData;
        expect(sums?.[1]?.value).toBe(sums?.[2]?.value);
        const net = total(run(company, 'ProfitAndLoss', { accounting_method: 'Accrual' }), 'NetIncome');
        const sheet = run(company, 'BalanceSheet', { accounting_method: 'Accrual' });
        expect(total(sheet, 'Total Equity')).toBe(net - ledger.homeBalance(ACCOUNT.openingBalanceEquity));
        const stock = run(company, 'InventoryValuationSummary').Rows.Row.at(-1)?.Summary?.ColData;
        expect(cents(stock?.[3]?.value)).toBe(ledger.homeBalance('81'));
        const flow = run(company, 'CashFlow');
        expect(total(flow, 'EndingCash')).toBe(ledger.homeBalance('35') + ledger.homeBalance('36'));
      }),
      { numRuns: 60 },
    );
  });

  it('agree on cash basis: every day’s lines are even, and income of settled sales is their money', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const byDay = Map.groupBy(cashLines(booksAfter(steps)), ({ date }) => date);
        for (const lines of byDay.values()) expect(lines.reduce((sum, { home }) => sum + home, 0)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('are all there, with columns that have keys, over a company of samples', () => {
    const company = createCompany(new World(), { fixtures: true });
    for (const name of Object.keys(REPORTS)) {
      const report = run(company, name);
      expect(report.Header.ReportName).toBe(name);
      for (const { MetaData } of report.Columns.Column) expect(MetaData?.[0]?.Name).toBe('ColKey');
    }
  });
});

describe('cash basis', () => {
  const sale = (amount: number, TxnDate: string): Body => ({
    CustomerRef: { value: '1' },
    TxnDate,
    Line: [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} }],
  });
  const paid = (amount: number, TxnDate: string, invoice?: Body): Body => ({
    CustomerRef: { value: '1' },
    TotalAmt: amount,
    TxnDate,
    Line: invoice ? [{ Amount: amount, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }] : [],
  });
  const month = (
    company: Company,
    name: string,
    start_date: string,
    end_date: string,
    accounting_method = 'Cash',
  ) => total(runReport(company, 'ProfitAndLoss', { start_date, end_date, accounting_method }), name);

  it('counts income as it is paid', () => {
    const company = createCompany(new World());
    openTradingBooks(company);
    const invoice = writeRecord(company, 'create', 'Invoice', sale(300, '2026-01-10'));
    writeRecord(company, 'create', 'Payment', paid(100, '2026-02-10', invoice));
    expect(month(company, 'NetIncome', '2026-01-01', '2026-01-31')).toBe(0);
    expect(month(company, 'NetIncome', '2026-02-01', '2026-02-28')).toBe(10_000);
    expect(month(company, 'NetIncome', '2026-01-01', '2026-01-31', 'Accrual')).toBe(30_000);
  });

  it('keeps money that came before its invoice apart until the invoice’s day', () => {
    const company = createCompany(new World());
    openTradingBooks(company);
    const invoice = writeRecord(company, 'create', 'Invoice', sale(100, '2026-03-01'));
    writeRecord(company, 'create', 'Payment', paid(100, '2026-02-10', invoice));
    expect(month(company, 'Unapplied Cash Payment Income', '2026-02-01', '2026-02-28')).toBe(10_000);
    expect(month(company, 'Unapplied Cash Payment Income', '2026-03-01', '2026-03-31')).toBe(-10_000);
    expect(month(company, 'Services', '2026-03-01', '2026-03-31')).toBe(10_000);
  });
});

describe('profit and loss', () => {
  const line = (Amount: number, detail: Body = {}): Body => ({
    Amount,
    DetailType: 'SalesItemLineDetail',
    SalesItemLineDetail: detail,
  });
  const open = (): {
    company: Company;
    roofs: string;
    profit: (query: Record<string, string>) => WrittenReport;
  } => {
    const company = createCompany(new World());
    openTradingBooks(company);
    const roofs = writeRecord(company, 'create', 'Class', { Name: 'Roofs' }).Id as string;
    const sale = (customer: string, Line: Body[], TxnDate: string): unknown =>
      writeRecord(company, 'create', 'Invoice', { CustomerRef: { value: customer }, TxnDate, Line });
    sale('1', [line(100, { ClassRef: { value: roofs } }), line(30)], '2026-01-05');
    sale('2', [line(7)], '2026-01-12');
    const profit = (query: Record<string, string>): WrittenReport =>
      runReport(company, 'ProfitAndLoss', { start_date: '2026-01-01', end_date: '2026-01-31', ...query });
    return { company, roofs, profit };
  };
  const income = (report: WrittenReport): string[][] => [
    report.Columns.Column.slice(1).map(({ ColTitle }) => ColTitle),
    [...rowsOf(report.Rows.Row)]
      .find(({ group }) => group === 'NetIncome')!
      .Summary!.ColData.slice(1)
      .map(({ value }) => value),
  ];

  it('is of one customer or class, where that is asked', () => {
    const { roofs, profit } = open();
    expect(total(profit({ customer: '1' }), 'NetIncome')).toBe(13_000);
    expect(total(profit({ class: roofs }), 'NetIncome')).toBe(10_000);
    expect(total(profit({ class: roofs, customer: '2' }), 'NetIncome')).toBe(0);
  });

  it('has a column for each customer, class or week', () => {
    const { profit } = open();
    expect(income(profit({ summarize_column_by: 'Customers' }))).toEqual([
      ['Ann', 'Bob', 'Total'],
      ['130.00', '7.00', '137.00'],
    ]);
    expect(income(profit({ summarize_column_by: 'Classes' }))).toEqual([
      ['Roofs', 'Not Specified', 'Total'],
      ['100.00', '37.00', '137.00'],
    ]);
    const [weeks, sums] = income(profit({ summarize_column_by: 'Week' }));
    expect(weeks!.slice(0, 2)).toEqual(['2026-01-01 - 2026-01-03', '2026-01-04 - 2026-01-10']);
    expect(sums).toEqual(['0.00', '130.00', '7.00', '0.00', '0.00', '137.00']);
    expect(() => profit({ summarize_column_by: 'Moods' })).toThrow('2170');
  });
});

describe('aging', () => {
  const open = (): { company: Company; invoice: (DueDate: string, more?: Body) => Body } => {
    const company = createCompany(new World());
    openTradingBooks(company);
    const invoice = (DueDate: string, more: Body = {}): Body =>
      writeRecord(company, 'create', 'Invoice', {
        CustomerRef: { value: '1' },
        TxnDate: '2026-01-01',
        DueDate,
        Line: [{ Amount: 10, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} }],
        ...more,
      });
    return { company, invoice };
  };
  const titles = (report: WrittenReport): (string | undefined)[] =>
    report.Rows.Row.map(
      ({ Header, ColData, Summary }) => (Header?.ColData ?? ColData ?? Summary?.ColData)?.[0]?.value,
    );
  const keys = (report: WrittenReport): (string | undefined)[] =>
    report.Columns.Column.map(({ MetaData }) => MetaData?.[0]?.Value);

  it('puts what a job owes below its customer, and both into a total', () => {
    const { company, invoice } = open();
    const job = writeRecord(company, 'create', 'Customer', {
      DisplayName: 'Barn',
      Job: true,
      ParentRef: { value: '1' },
    });
    invoice('2026-01-31');
    invoice('2026-01-31', { CustomerRef: { value: job.Id as string } });
    const report = runReport(company, 'AgedReceivables', { report_date: '2026-02-10' });
    const [ann] = report.Rows.Row;
    expect(ann!.Header!.ColData.map(({ value }) => value)).toEqual(['Ann', '', '10.00', '', '', '', '10.00']);
    expect(ann!.Rows!.Row[0]!.ColData![0]).toEqual({ value: 'Barn', id: job.Id });
    expect(ann!.Summary!.ColData.map(({ value }) => value)).toEqual([
      'Total Ann',
      '0.00',
      '20.00',
      '0.00',
      '0.00',
      '0.00',
      '20.00',
    ]);
    expect(total(report, 'GrandTotal')).toBe(2000);
  });

  it('in detail takes other periods, and leaves out what is not late enough', () => {
    const { company, invoice } = open();
    for (const due of ['2026-03-01', '2026-02-25', '2026-02-10', '2026-01-05']) invoice(due);
    const day = { report_date: '2026-03-01' };
    expect(titles(runReport(company, 'AgedReceivableDetail', day))).toEqual([
      '31 - 60 days past due',
      '1 - 30 days past due',
      'Current',
    ]);
    const weeks = { ...day, aging_period: '7', num_periods: '2', past_due: '1' };
    expect(titles(runReport(company, 'AgedReceivableDetail', weeks))).toEqual([
      '8 or more days past due',
      '1 - 7 days past due',
    ]);
    const due = { ...day, start_duedate: '2026-02-01', end_duedate: '2026-02-28' };
    expect(titles(runReport(company, 'AgedReceivableDetail', due))).toEqual(['1 - 30 days past due']);
    expect(() => runReport(company, 'AgedReceivableDetail', { ...day, aging_period: 'x' })).toThrow('2070');
  });

  it('in detail shows the columns asked for, and foreign amounts where there are several currencies', () => {
    const { company, invoice } = open();
    invoice('2026-01-31', { PrivateNote: 'roof' });
    const asked = runReport(company, 'AgedReceivableDetail', { columns: 'cust_name,memo,subt_open_bal' });
    expect(keys(asked)).toEqual(['cust_name', 'memo', 'subt_open_bal']);
    expect(asked.Rows.Row[0]!.Rows!.Row[0]!.ColData!.map(({ value }) => value)).toEqual([
      'Ann',
      'roof',
      '10.00',
    ]);
    const prefs = { CurrencyPrefs: { MultiCurrencyEnabled: true } };
    writeRecord(company, 'update', 'Preferences', prefs, { byHand: true });
    expect(keys(runReport(company, 'AgedReceivableDetail', {})).slice(-4)).toEqual([
      'currency',
      'exch_rate',
      'foreign_amount',
      'foreign_open_bal',
    ]);
  });

  const aged = (due: string, day: string): string[] => {
    const company = createCompany(new World());
    openTradingBooks(company);
    writeRecord(company, 'create', 'Invoice', {
      CustomerRef: { value: '1' },
      TxnDate: '2026-01-01',
      DueDate: due,
      Line: [{ Amount: 10, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: {} }],
    });
    const [row] = runReport(company, 'AgedReceivables', { report_date: day }).Rows.Row;
    return row!.ColData!.slice(1).map(({ value }) => value);
  };

  it.each([
    ['2026-06-30', '2026-06-30', 0],
    ['2026-05-31', '2026-06-30', 1],
    ['2026-05-30', '2026-06-30', 2],
    ['2026-05-01', '2026-06-30', 2],
    ['2026-04-30', '2026-06-30', 3],
    ['2026-04-01', '2026-06-30', 3],
    ['2026-03-31', '2026-06-30', 4],
  ])('of what was due %s stands on %s in bucket %i', (due, day, bucket) => {
    const cells = ['', '', '', '', ''].with(bucket, '10.00');
    expect(aged(due, day)).toEqual([...cells, '10.00']);
  });
});

it('an unknown report and a bad date are refused', () => {
  const company = createCompany(new World());
  expect(() => runReport(company, 'Guesswork', {})).toThrow('500');
  expect(() => runReport(company, 'BalanceSheet', { start_date: 'soon' })).toThrow('2060');
});
