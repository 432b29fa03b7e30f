import { describe, expect, it } from 'vitest';
import { World } from '../../world.ts';
import { createCompany } from '../open-company.ts';
import { runReport } from './run-report.ts';

const company = createCompany(new World(), { fixtures: true });
const today = company.today();
const headerOf = (name: string, query: Record<string, string> = {}): Record<string, unknown> =>
  runReport(company, name, query).Header;
const NO_DATA = { Name: 'NoReportData', Value: expect.any(String) as string };

describe('the header of a report', () => {
  it.each([
    { name: 'BalanceSheet', period: 'this calendar year-to-date', start: `${today.slice(0, 4)}-01-01` },
    { name: 'ProfitAndLoss', period: 'this calendar year-to-date', start: `${today.slice(0, 4)}-01-01` },
    { name: 'GeneralLedger', period: 'this month-to-date', start: `${today.slice(0, 7)}-01` },
    { name: 'TrialBalance', period: 'this month-to-date', start: `${today.slice(0, 7)}-01` },
    { name: 'JournalReport', period: 'this month-to-date', start: `${today.slice(0, 7)}-01` },
    { name: 'AgedReceivables', period: 'today', start: today },
  ])('names the period of $name that is asked for without one', ({ name, period, start }) => {
    expect(headerOf(name)).toMatchObject({ DateMacro: period, StartPeriod: start, EndPeriod: today });
    const dated = { start_date: '2020-01-01', end_date: '2020-12-31', report_date: '2020-12-31' };
    expect(headerOf(name, dated)).not.toHaveProperty('DateMacro');
    expect(headerOf(name, dated)).toMatchObject({ EndPeriod: '2020-12-31' });
  });

  it.each(['GeneralLedger', 'JournalReport', 'TransactionList', 'TrialBalance', 'AgedPayables'])(
    'of %s knows no division of columns',
    (name) => {
      expect(headerOf(name)).not.toHaveProperty('SummarizeColumnsBy');
    },
  );

  it.each(['CashFlow', 'JournalReport', 'TransactionList', 'AgedReceivables'])(
    'of %s has no basis, as it is the same on both',
    (name) => {
      expect(headerOf(name)).not.toHaveProperty('ReportBasis');
    },
  );

  it('names an accounting standard, or the day, where the report follows one', () => {
    expect(headerOf('ProfitAndLoss')).toMatchObject({
      ReportBasis: 'Accrual',
      SummarizeColumnsBy: 'Total',
      Option: [{ Name: 'AccountingStandard', Value: 'GAAP' }, NO_DATA],
    });
    expect(headerOf('TrialBalance')).toMatchObject({ Option: [NO_DATA] });
    expect(headerOf('AgedPayables', { report_date: '2026-01-31' })).toMatchObject({
      Option: [{ Name: 'report_date', Value: '2026-01-31' }, NO_DATA],
    });
  });

  it('says in the time of California when the report was made', () => {
    expect(headerOf('ProfitAndLoss').Time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00$/);
  });
});
