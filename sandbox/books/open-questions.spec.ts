import { describe, expect, it } from 'vitest';
import { openTradingBooks } from '../testing/random-history.ts';
import type { Switches } from '../switches.ts';
import { World } from '../world.ts';
import { depositPayments } from './by-hand-money.ts';
import type { Company } from './company.ts';
import { createCompany } from './open-company.ts';
import { Fault } from './fault.ts';
import type { Body } from './json.ts';
import { runQuery } from './query/run.ts';
import { type WrittenReport, rowsOf } from './reports/report.ts';
import { runReport } from './reports/run-report.ts';
import { writeRecord } from './write-record.ts';

const BY_HAND = { byHand: true };

function booksWith(switches: Partial<Switches>): Company {
  const company = createCompany(new World(switches));
  openTradingBooks(company);
  return company;
}

const sold = (Amount: number, ItemRef = '1', code = 'TAX'): Body => ({
  Amount,
  DetailType: 'SalesItemLineDetail',
  SalesItemLineDetail: { ItemRef: { value: ItemRef }, TaxCodeRef: { value: code } },
});
const sale = (TxnDate: string, Line: Body[], more: Body = {}): Body => ({
  CustomerRef: { value: '1' },
  TxnDate,
  DueDate: TxnDate,
  Line,
  ...more,
});
const paid = (TotalAmt: number, TxnDate: string, invoice?: Body): Body => ({
  CustomerRef: { value: '1' },
  TotalAmt,
  TxnDate,
  Line: invoice ? [{ Amount: TotalAmt, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }] : [],
});

/** The code a write is refused with, or null. */
function codeOf(write: () => unknown): string | null {
  try {
    write();
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.errors[0]!.code;
  }
}

function amountIn(report: WrittenReport, title: string): string | undefined {
  for (const row of rowsOf(report.Rows.Row)) {
    const cells = row.Summary?.ColData ?? row.ColData;
    if (cells?.[0]?.value === title) return cells.at(-1)!.value;
  }
  return undefined;
}

describe('what a switch decides: tax and what is sold', () => {
  it.each([
    ['by_code', 8],
    ['always', 4.8],
  ] as const)('a deposit taken off untaxed, negativeLineTax %s', (negativeLineTax, TotalTax) => {
    const company = booksWith({ negativeLineTax, salesTaxPercent: 8 });
    const lines = [sold(100), sold(-40, '1', 'NON')];
    const invoice = writeRecord(company, 'create', 'Invoice', sale('2026-01-10', lines));
    expect(invoice.TxnTaxDetail).toMatchObject({ TotalTax });
  });

  it.each([
    ['kept', null],
    ['refused', '6000'],
  ] as const)('a calculation of tax that the US does not have, taxCalculationInUs %s', (answer, code) => {
    const company = booksWith({ taxCalculationInUs: answer });
    const invoice = sale('2026-01-10', [sold(100)], { GlobalTaxCalculation: 'TaxExcluded' });
    expect(codeOf(() => writeRecord(company, 'create', 'Invoice', invoice))).toBe(code);
  });

  it.each([
    ['any', null],
    ['income', '2500'],
  ] as const)('an item that sells a liability, itemAccounts %s', (itemAccounts, code) => {
    const company = booksWith({ itemAccounts });
    const account = { Name: 'Customer Deposits', AccountType: 'Other Current Liability' };
    const { Id } = writeRecord(company, 'create', 'Account', account);
    const item = { Name: 'Deposit', Type: 'Service', IncomeAccountRef: { value: Id } };
    expect(codeOf(() => writeRecord(company, 'create', 'Item', item as Body))).toBe(code);
  });

  it.each([
    ['closes', ['Closed', 'Closed']],
    ['closes_when_full', ['Accepted', 'Closed']],
    ['refused', ['620']],
  ] as const)('an invoice for a part of its estimate, partialInvoiceOfEstimate %s', (answer, states) => {
    const company = booksWith({ partialInvoiceOfEstimate: answer });
    const { Id } = writeRecord(company, 'create', 'Estimate', sale('2026-01-10', [sold(100)]));
    const LinkedTxn = [{ TxnId: Id, TxnType: 'Estimate' }] as Body[];
    const seen: unknown[] = [];
    for (const amount of [40, 60]) {
      const invoice = sale('2026-01-10', [sold(amount)], { LinkedTxn });
      const code = codeOf(() => writeRecord(company, 'create', 'Invoice', invoice));
      seen.push(code ?? company.store.find('Estimate', Id as string)!.TxnStatus);
      if (code) break;
    }
    expect(seen).toEqual(states);
  });
});

describe('what a switch decides: dates and deposits', () => {
  it.each([
    ['refuse', '6210'],
    ['allow', null],
  ] as const)('a sale in closed books, closedPeriod %s', (closedPeriod, code) => {
    const company = booksWith({ closedPeriod });
    const closed = { AccountingInfoPrefs: { BookCloseDate: '2026-01-31' } };
    writeRecord(company, 'update', 'Preferences', closed, BY_HAND);
    expect(codeOf(() => writeRecord(company, 'create', 'Invoice', sale('2026-01-10', [sold(1)])))).toBe(code);
  });

  it.each([
    ['refuse', '6000'],
    ['allow', null],
  ] as const)('a deposit of less than nothing, negativeDeposit %s', (negativeDeposit, code) => {
    const company = booksWith({ negativeDeposit });
    const DepositLineDetail = { AccountRef: { value: '7' } };
    const Line = [{ Amount: -5, DetailType: 'DepositLineDetail', DepositLineDetail }];
    const deposit = { DepositToAccountRef: { value: '35' }, Line };
    expect(codeOf(() => writeRecord(company, 'create', 'Deposit', deposit))).toBe(code);
  });

  it.each([
    ['allow', null],
    ['refuse', '2500'],
  ] as const)('a deposit of money from another bank account, bankLineOfDeposit %s', (answer, code) => {
    const company = booksWith({ bankLineOfDeposit: answer });
    const DepositLineDetail = { AccountRef: { value: '36' } };
    const Line = [{ Amount: 5, DetailType: 'DepositLineDetail', DepositLineDetail }];
    const deposit = { DepositToAccountRef: { value: '35' }, Line };
    expect(codeOf(() => writeRecord(company, 'create', 'Deposit', deposit))).toBe(code);
  });

  it.each([
    ['allow', null],
    ['refuse', '6000'],
  ] as const)('a rate for a deposit of euros, foreignDepositRate %s', (foreignDepositRate, code) => {
    const company = booksWith({ foreignDepositRate });
    const prefs = { CurrencyPrefs: { MultiCurrencyEnabled: true } };
    writeRecord(company, 'update', 'Preferences', prefs, BY_HAND);
    writeRecord(company, 'create', 'CompanyCurrency', { Code: 'EUR' });
    const account = { Name: 'Euros', AccountType: 'Bank', CurrencyRef: { value: 'EUR' } };
    const { Id } = writeRecord(company, 'create', 'Account', account);
    const DepositLineDetail = { AccountRef: { value: '1' } };
    const Line = [{ Amount: 5, DetailType: 'DepositLineDetail', DepositLineDetail }];
    const deposit = { DepositToAccountRef: { value: Id }, ExchangeRate: 1.1, Line };
    expect(codeOf(() => writeRecord(company, 'create', 'Deposit', deposit as Body))).toBe(code);
  });

  it.each([
    [false, []],
    [true, ['Payment']],
  ])('a payment that is deposited, paymentEventOnDeposit %s', (paymentEventOnDeposit, announced) => {
    const company = booksWith({ paymentEventOnDeposit });
    const payment = writeRecord(company, 'create', 'Payment', paid(5, '2026-01-10'));
    const seen: string[] = [];
    company.world.changes.on('change', ({ entity }) => seen.push(entity));
    depositPayments(company, [payment.Id as string]);
    expect(seen.filter((entity) => entity === 'Payment')).toEqual(announced);
    expect(company.store.find('Payment', payment.Id as string)).toMatchObject({
      SyncToken: '0',
      LinkedTxn: [{ TxnType: 'Deposit' }],
    });
  });
});

describe('what a switch decides: queries', () => {
  it.each([
    ['numeric', ['9', '10', '11']],
    ['text', ['10', '11', '9']],
  ] as const)('Ids in order, idOrder %s', (idOrder, ids) => {
    const company = booksWith({ idOrder });
    for (const DisplayName of ['F', 'G', 'H', 'I', 'J', 'K'])
      writeRecord(company, 'create', 'Customer', { DisplayName });
    const { Customer } = runQuery(company, "select * from Customer where Id in ('9','10','11') orderby Id");
    expect((Customer as Body[]).map(({ Id }) => Id)).toEqual(ids);
  });
});

describe('what a switch decides: reports', () => {
  const buckets = (company: Company, query: Record<string, string>): string[] =>
    runReport(company, 'AgedReceivables', query)
      .Rows.Row[0]!.ColData!.slice(1, -1)
      .map(({ value }) => value);

  it.each([
    ['own_date', ['', '', '-5.00', '', '']],
    ['current', ['-5.00', '', '', '', '']],
  ] as const)('a payment applied to nothing, creditAging %s', (creditAging, aged) => {
    const company = booksWith({ creditAging });
    writeRecord(company, 'create', 'Payment', paid(5, '2026-01-10'));
    expect(buckets(company, { report_date: '2026-02-20' })).toEqual(aged);
  });

  it.each([
    ['today', ['', '', '', '', '5.00']],
    ['report_date', ['', '5.00', '', '', '']],
  ] as const)('aging_method=Current, agingMethodCurrent %s', (agingMethodCurrent, aged) => {
    const company = booksWith({ agingMethodCurrent });
    writeRecord(company, 'create', 'Invoice', sale('2025-01-10', [sold(5)]));
    expect(buckets(company, { report_date: '2025-01-20', aging_method: 'Current' })).toEqual(aged);
  });

  it.each([
    ['pro_rata', '50.00'],
    ['income_first', '54.00'],
  ] as const)('half of a taxed invoice is paid, cashPartPayment %s', (cashPartPayment, income) => {
    const company = booksWith({ cashPartPayment, salesTaxPercent: 8 });
    const invoice = writeRecord(company, 'create', 'Invoice', sale('2026-01-10', [sold(100)]));
    writeRecord(company, 'create', 'Payment', paid(54, '2026-02-10', invoice));
    const year = { start_date: '2026-01-01', end_date: '2026-12-31', accounting_method: 'Cash' };
    expect(amountIn(runReport(company, 'ProfitAndLoss', year), 'Total Income')).toBe(income);
    // Beside the money there are seven pumps at 3.33 in stock.
    expect(amountIn(runReport(company, 'TrialBalance', year), 'TOTAL')).toBe('77.31');
    writeRecord(company, 'create', 'Payment', paid(54, '2026-03-10', invoice));
    expect(amountIn(runReport(company, 'ProfitAndLoss', year), 'Total Income')).toBe('100.00');
  });

  it.each([
    ['invoice_day', undefined],
    ['payment_day', '100.00'],
  ] as const)('money before its invoice, cashEarlyPayment %s', (cashEarlyPayment, services) => {
    const company = booksWith({ cashEarlyPayment });
    const invoice = writeRecord(company, 'create', 'Invoice', sale('2026-03-01', [sold(100)]));
    writeRecord(company, 'create', 'Payment', paid(100, '2026-02-10', invoice));
    const february = { start_date: '2026-02-01', end_date: '2026-02-28', accounting_method: 'Cash' };
    expect(amountIn(runReport(company, 'ProfitAndLoss', february), 'Services')).toBe(services);
  });
});
