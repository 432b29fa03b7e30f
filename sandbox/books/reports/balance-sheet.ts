import { textOf } from '../json.ts';
import { addDays } from '../pacific.ts';
import { AccountSums, addSums, movements } from './account-sums.ts';
import { accountColumns, linesFor, netIncome } from './profit-and-loss.ts';
import {
  type Report,
  type Row,
  cell,
  column,
  dataRow,
  money,
  moneyColumn,
  moneyOrEmpty,
  section,
} from './report.ts';
import {
  type ReportRequest,
  type Span,
  THE_BEGINNING,
  fiscalYearStart,
  reportHeader,
  withOptions,
} from './request.ts';

const CURRENT_ASSETS = ['Bank', 'Accounts Receivable', 'Other Current Asset'];
const ASSETS = [...CURRENT_ASSETS, 'Fixed Asset', 'Other Asset'];
const CURRENT_LIABILITIES = ['Accounts Payable', 'Credit Card', 'Other Current Liability'];
const LIABILITIES = [...CURRENT_LIABILITIES, 'Long Term Liability'];

function assetRows(sums: AccountSums): Row[] {
  const current = [
    ...sums.section('Bank Accounts', ['Bank'], 1, 'BankAccounts'),
    ...sums.section('Accounts Receivable', ['Accounts Receivable'], 1, 'AR'),
    ...sums.section('Other Current Assets', ['Other Current Asset'], 1, 'OtherCurrentAssets'),
  ];
  const total = sums.summary('Total Current Assets', sums.total(CURRENT_ASSETS, 1));
  return [
    ...(current.length === 0
      ? []
      : [section(sums.titled('Current Assets'), current, total, 'CurrentAssets')]),
    ...sums.section('Fixed Assets', ['Fixed Asset'], 1, 'FixedAssets'),
    ...sums.section('Other Assets', ['Other Asset'], 1, 'OtherAssets'),
  ];
}

function liabilityRows(sums: AccountSums): Row[] {
  const current = [
    ...sums.section('Accounts Payable', ['Accounts Payable'], -1, 'AP'),
    ...sums.section('Credit Cards', ['Credit Card'], -1, 'CreditCards'),
    ...sums.section('Other Current Liabilities', ['Other Current Liability'], -1, 'OtherCurrentLiabilities'),
  ];
  const total = sums.summary('Total Current Liabilities', sums.total(CURRENT_LIABILITIES, -1));
  return [
    ...(current.length === 0
      ? []
      : [section(sums.titled('Current Liabilities'), current, total, 'CurrentLiabilities')]),
    ...sums.section('Long-Term Liabilities', ['Long Term Liability'], -1, 'LongTermLiabilities'),
  ];
}

/**
 * What the company owned and owed at the end of each span; profit before the fiscal year stands in retained
 * earnings.
 */
export function balanceSheet(request: ReportRequest): Report {
  const { company, isModern } = request;
  const lines = linesFor(request);
  const spans: Span[] = request.spans.map(({ title, end }) => ({ title, start: THE_BEGINNING, end }));
  const sums = new AccountSums(company.store, movements(lines, spans), spans.length, isModern);
  const net = spans.map(({ end }) => {
    const start = fiscalYearStart(company, end);
    return netIncome(request, lines, { title: '', start, end });
  });
  const retained = spans.map(({ end }) => {
    const before = addDays(fiscalYearStart(company, end), -1);
    return netIncome(request, lines, { title: '', start: THE_BEGINNING, end: before });
  });
  const named = (title: string, values: number[], group: string): Row[] =>
    values.every((value) => value === 0)
      ? []
      : [dataRow([cell(title), ...values.map((value) => cell(money(value)))], group)];
  const equity = [
    ...sums.rows(['Equity'], -1),
    ...named('Retained Earnings', retained, 'RetainedEarnings'),
    ...named('Net Income', net, 'NetIncome'),
  ];
  const equityTotal = addSums(addSums(sums.total(['Equity'], -1), retained), net);
  const liabilities = liabilityRows(sums);
  const owed = sums.total(LIABILITIES, -1);
  const title = (text: string): string => (isModern ? text : text.toUpperCase());
  const Row = [
    section(
      sums.titled(title('Assets')),
      assetRows(sums),
      sums.summary(title('Total Assets'), sums.total(ASSETS, 1)),
      'TotalAssets',
    ),
    section(
      sums.titled(title('Liabilities and Equity')),
      [
        ...(liabilities.length === 0
          ? []
          : [
              section(
                sums.titled('Liabilities'),
                liabilities,
                sums.summary('Total Liabilities', owed),
                'Liabilities',
              ),
            ]),
        section(sums.titled('Equity'), equity, sums.summary('Total Equity', equityTotal), 'Equity'),
      ],
      sums.summary(title('Total Liabilities and Equity'), addSums(owed, equityTotal)),
      'TotalLiabilitiesAndEquity',
    ),
  ];
  return {
    Header: withOptions(reportHeader(request, 'BalanceSheet'), lines.length === 0),
    Columns: accountColumns(spans),
    Rows: { Row },
  };
}

/** Every account with its balance as a debit or a credit; income and expenses from the fiscal year's start. */
export function trialBalance(request: ReportRequest): Report {
  const { company, end } = request;
  const lines = linesFor(request);
  const balances = movements(lines, [{ title: 'Total', start: THE_BEGINNING, end }]);
  const accounts = company.store.all('Account').toSorted((a, b) => Number(a.Id) - Number(b.Id));
  const rows = accounts.flatMap((account): [Row, number][] => {
    const [balance = 0] = balances.get(textOf(account, 'Id')!) ?? [];
    if (balance === 0) return [];
    const cells = [cell(textOf(account, 'FullyQualifiedName') ?? '', textOf(account, 'Id'))];
    const [debit, credit] = [Math.max(balance, 0), Math.max(-balance, 0)];
    return [[dataRow([...cells, cell(moneyOrEmpty(debit)), cell(moneyOrEmpty(credit))]), balance]];
  });
  const debits = rows.reduce((sum, [, balance]) => sum + Math.max(balance, 0), 0);
  const credits = rows.reduce((sum, [, balance]) => sum + Math.max(-balance, 0), 0);
  const total: Row = {
    Summary: { ColData: [cell('TOTAL'), cell(money(debits)), cell(money(credits))] },
    type: 'Section',
    group: 'GrandTotal',
  };
  return {
    Header: withOptions(reportHeader(request, 'TrialBalance'), rows.length === 0),
    Columns: {
      Column: [
        column('', 'Account', 'account'),
        moneyColumn('Debit', 'debit'),
        moneyColumn('Credit', 'credit'),
      ],
    },
    Rows: { Row: [...rows.map(([row]) => row), total] },
  };
}

const INVESTING = ['Fixed Asset', 'Other Asset'];
const FINANCING = ['Long Term Liability', 'Equity'];
const OPERATING = [
  'Accounts Receivable',
  'Accounts Payable',
  'Credit Card',
  'Other Current Asset',
  'Other Current Liability',
];

/** Where the cash of a period came from and went; its end is what the bank accounts hold. */
export function cashFlow(request: ReportRequest): Report {
  const { company, start, end } = request;
  const lines = linesFor({ ...request, basis: 'Accrual' });
  const span = { title: 'Total', start, end };
  const sums = new AccountSums(company.store, movements(lines, [span]), 1, request.isModern);
  const before = { title: '', start: THE_BEGINNING, end: addDays(start, -1) };
  const opening = new AccountSums(company.store, movements(lines, [before]), 1, true).total(['Bank'], 1);
  const net = [netIncome(request, lines, span)];
  const adjusted = sums.total(OPERATING, -1);
  const operating = addSums(net, adjusted);
  const change = addSums(operating, addSums(sums.total(INVESTING, -1), sums.total(FINANCING, -1)));
  const activity = (title: string, types: readonly string[], group: string): Row[] =>
    sums.section(title, types, -1, group);
  const line = (title: string, values: number[], group: string): Row =>
    dataRow(sums.summary(title, values), group);
  const adjustments = activity(
    'Adjustments to reconcile Net Income to Net Cash provided by operations:',
    OPERATING,
    'OperatingAdjustments',
  );
  const Row = [
    section(
      sums.titled('OPERATING ACTIVITIES'),
      [line('Net Income', net, 'NetIncome'), ...adjustments],
      sums.summary('Net cash provided by operating activities', operating),
      'OperatingActivities',
    ),
    ...activity('INVESTING ACTIVITIES', INVESTING, 'InvestingActivities'),
    ...activity('FINANCING ACTIVITIES', FINANCING, 'FinancingActivities'),
    line('Net cash increase for period', change, 'CashIncrease'),
    line('Cash at beginning of period', opening, 'BeginningCash'),
    line('Cash at end of period', addSums(opening, change), 'EndingCash'),
  ];
  return {
    Header: withOptions(reportHeader(request, 'CashFlow'), lines.length === 0),
    Columns: accountColumns([span]),
    Rows: { Row },
  };
}
