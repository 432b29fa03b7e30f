import { AccountSums, addSums, movements } from './account-sums.ts';
import { cashLines } from './cash-basis.ts';
import { accountTypeOf } from '../ledger/accounts.ts';
import { dimensionOf, isOfAsked, valuesOf } from './dimensions.ts';
import { type LedgerLine, ledgerLines } from './ledger-lines.ts';
import { type Report, type Row, column, moneyColumn } from './report.ts';
import { type ReportRequest, type Span, reportHeader, withOptions } from './request.ts';

export const INCOME = ['Income'];
export const COST_OF_SALES = ['Cost of Goods Sold'];
export const EXPENSES = ['Expense'];
export const OTHER_INCOME = ['Other Income'];
export const OTHER_EXPENSES = ['Other Expense'];
export const PROFIT_TYPES = [...INCOME, ...COST_OF_SALES, ...EXPENSES, ...OTHER_INCOME, ...OTHER_EXPENSES];

/**
 * The lines a report is summed over, on its basis; of the customers, vendors, classes, locations and items asked
 * for.
 */
export function linesFor({ company, basis, query }: ReportRequest): LedgerLine[] {
  const lines = basis === 'Cash' ? cashLines(company) : ledgerLines(company.store);
  return lines.filter(isOfAsked(query));
}

/** Net income of a span in home minor units: what income and expense accounts moved. */
export function netIncome(request: ReportRequest, lines: readonly LedgerLine[], span: Span): number {
  const sums = new AccountSums(request.company.store, movements(lines, [span]), 1, true);
  return sums.total(PROFIT_TYPES, -1)[0]!;
}

/** The rows of a profit and loss over these sums. */
export function profitRows(sums: AccountSums): Row[] {
  const income = sums.total(INCOME, -1);
  const cost = sums.total(COST_OF_SALES, 1);
  const minus = (a: number[], b: number[]): number[] =>
    addSums(
      a,
      b.map((one) => -one),
    );
  const gross = minus(income, cost);
  const operating = minus(gross, sums.total(EXPENSES, 1));
  const other = minus(sums.total(OTHER_INCOME, -1), sums.total(OTHER_EXPENSES, 1));
  const line = (title: string, values: number[], group: string): Row => ({
    Summary: { ColData: sums.summary(title, values) },
    type: 'Section',
    group,
  });
  return [
    ...sums.section('Income', INCOME, -1, 'Income'),
    ...sums.section('Cost of Goods Sold', COST_OF_SALES, 1, 'COGS'),
    line('Gross Profit', gross, 'GrossProfit'),
    ...sums.section('Expenses', EXPENSES, 1, 'Expenses'),
    line('Net Operating Income', operating, 'NetOperatingIncome'),
    ...sums.section('Other Income', OTHER_INCOME, -1, 'OtherIncome'),
    ...sums.section('Other Expenses', OTHER_EXPENSES, 1, 'OtherExpenses'),
    line('Net Other Income', other, 'NetOtherIncome'),
    line('Net Income', addSums(operating, other), 'NetIncome'),
  ];
}

/** The columns of a report, periods or one for each customer and the like, and their total where there are several. */
function spansWithTotal(request: ReportRequest, lines: readonly LedgerLine[]): Span[] {
  const { spans, columnsOf: kind, start, end, company } = request;
  const total = { title: 'Total', start, end };
  if (kind === undefined) return spans.length > 1 ? [...spans, total] : spans;
  const types = new Set(PROFIT_TYPES);
  const counted = lines.filter(
    ({ account, date }) =>
      date >= start && date <= end && types.has(accountTypeOf(company.store, account) ?? ''),
  );
  const columns = valuesOf(company.store, kind, counted).map(({ id, name }): Span => ({
    title: name,
    start,
    end,
    includes: (line) => dimensionOf(line, kind) === id,
  }));
  return [...columns, total];
}

export function accountColumns(spans: readonly Span[]): Report['Columns'] {
  return {
    Column: [
      column('', 'Account', 'account'),
      ...spans.map(({ title }) => moneyColumn(title, title === 'Total' ? 'total' : title)),
    ],
  };
}

export function profitAndLoss(request: ReportRequest): Report {
  const lines = linesFor(request);
  const spans = spansWithTotal(request, lines);
  const sums = new AccountSums(
    request.company.store,
    movements(lines, spans),
    spans.length,
    request.isModern,
  );
  const Row = profitRows(sums);
  const isEmpty = PROFIT_TYPES.every((type) => sums.total([type], 1).every((sum) => sum === 0));
  return {
    Header: withOptions(reportHeader(request, 'ProfitAndLoss'), isEmpty),
    Columns: accountColumns(spans),
    Rows: { Row },
  };
}
