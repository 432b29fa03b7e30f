import { AccountSums, addSums, movements } from './account-sums.ts';
import { cashLines } from './cash-basis.ts';
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
 * The lines a report is summed over, on its basis; of one customer's or class's documents where that is
 * asked.
 */
export function linesFor({ company, basis, query }: ReportRequest): LedgerLine[] {
  const lines = basis === 'Cash' ? cashLines(company) : ledgerLines(company.store);
  const customers = query.customer?.split(',');
  if (!customers) return lines;
  const isTheirs = ({ body, party }: LedgerLine): boolean =>
    customers.includes(party?.id ?? '') ||
    customers.includes(String((body.CustomerRef as { value?: string } | undefined)?.value));
  return lines.filter(isTheirs);
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

/** The spans of a report, and their total where there are several. */
export function spansWithTotal({ spans, start, end }: ReportRequest): Span[] {
  return spans.length > 1 ? [...spans, { title: 'Total', start, end }] : spans;
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
  const spans = spansWithTotal(request);
  const lines = linesFor(request);
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
