import { textOf } from '../json.ts';
import { currencyOf } from '../currency-of.ts';
import { amountText } from '../money.ts';
import type { Store } from '../store.ts';
import { type LedgerLine, type ReportedDocument, ledgerLines } from './ledger-lines.ts';
import { PROFIT_TYPES, linesFor } from './profit-and-loss.ts';
import { type Report, type Row, cell, column, dataRow, money, moneyColumn, section } from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

export const accountName = (store: Store, id: string): string =>
  textOf(store.find('Account', id), 'FullyQualifiedName') ?? id;

/** The account on the other side of a posting, or `-Split-` where there are several. */
export function splitOf(store: Store, line: LedgerLine): string {
  const others = store.ledger.postingsOf(line.document).filter(({ account }) => account !== line.account);
  const accounts = [...new Set(others.map(({ account }) => account))];
  return accounts.length === 1 ? accountName(store, accounts[0]!) : '-Split-';
}

export const memoOf = ({ body }: ReportedDocument): string => textOf(body, 'PrivateNote') ?? '';
export const numberOf = ({ body }: ReportedDocument): string => textOf(body, 'DocNumber') ?? '';

const LEDGER_COLUMNS = [
  column('Date', 'Date', 'tx_date'),
  column('Transaction Type', 'String', 'txn_type'),
  column('Num', 'String', 'doc_num'),
  column('Name', 'String', 'name'),
  column('Memo/Description', 'String', 'memo'),
  column('Split', 'String', 'split_acc'),
  moneyColumn('Amount', 'subt_nat_amount'),
  moneyColumn('Balance', 'rbal_nat_amount'),
];

/** Accounts whose credits are shown as positive amounts. */
const CREDIT_TYPES = new Set([
  'Accounts Payable',
  'Credit Card',
  'Other Current Liability',
  'Long Term Liability',
  'Equity',
  'Income',
  'Other Income',
]);

/** One section an account with its postings and a running balance. */
function accountSections(request: ReportRequest, lines: readonly LedgerLine[], withOpening: boolean): Row[] {
  const { store } = request.company;
  const accounts = store.all('Account').toSorted((a, b) => Number(a.Id) - Number(b.Id));
  return accounts.flatMap((account): Row[] => {
    const id = textOf(account, 'Id')!;
    const sign = CREDIT_TYPES.has(textOf(account, 'AccountType')!) ? -1 : 1;
    const own = lines.filter((line) => line.account === id && line.home !== 0);
    const before = own.filter(({ date }) => date < request.start);
    const within = own.filter(({ date }) => date >= request.start && date <= request.end);
    let balance = withOpening ? before.reduce((sum, { home }) => sum + sign * home, 0) : 0;
    if (within.length === 0 && balance === 0) return [];
    const blanks = Array.from({ length: 6 }, () => cell(''));
    const opening =
      balance === 0 ? [] : [dataRow([cell('Beginning Balance'), ...blanks, cell(money(balance))])];
    const rows = within.map((line) => {
      balance += sign * line.home;
      return dataRow([
        cell(line.date),
        cell(line.type, line.id),
        cell(numberOf(line)),
        cell(line.name),
        cell(memoOf(line)),
        cell(splitOf(store, line)),
        cell(money(sign * line.home)),
        cell(money(balance)),
      ]);
    });
    const moved = within.reduce((sum, { home }) => sum + sign * home, 0);
    const name = accountName(store, id);
    return [
      section(
        [cell(name, id), ...blanks, cell('')],
        [...opening, ...rows],
        [cell(`Total for ${name}`), ...blanks.slice(0, 5), cell(money(moved)), cell('')],
      ),
    ];
  });
}

/** `GeneralLedger`: every account with its postings, from its balance at the start on. */
export function generalLedger(request: ReportRequest): Report {
  const Row = accountSections(request, linesFor(request), true);
  return {
    Header: withOptions(reportHeader(request, 'GeneralLedger'), Row.length === 0),
    Columns: { Column: LEDGER_COLUMNS },
    Rows: { Row },
  };
}

/** `ProfitAndLossDetail`: the postings behind a profit and loss. */
export function profitAndLossDetail(request: ReportRequest): Report {
  const { store } = request.company;
  const isProfit = ({ account }: LedgerLine): boolean =>
    PROFIT_TYPES.includes(textOf(store.find('Account', account), 'AccountType') ?? '');
  const Row = accountSections(request, linesFor(request).filter(isProfit), false);
  return {
    Header: withOptions(reportHeader(request, 'ProfitAndLossDetail'), Row.length === 0),
    Columns: { Column: LEDGER_COLUMNS },
    Rows: { Row },
  };
}

/** `JournalReport`: each document with its debits and credits. */
export function journalReport(request: ReportRequest): Report {
  const { store } = request.company;
  const lines = ledgerLines(store).filter(({ date }) => date >= request.start && date <= request.end);
  const debits = lines.reduce((sum, { home }) => sum + Math.max(home, 0), 0);
  const Row = [...Map.groupBy(lines, ({ document }) => document).values()].map((of) => {
    const rows = of.map((line, index) =>
      dataRow([
        cell(index === 0 ? line.date : ''),
        cell(index === 0 ? line.type : '', line.id),
        cell(index === 0 ? numberOf(line) : ''),
        cell(line.name),
        cell(memoOf(line)),
        cell(accountName(store, line.account), line.account),
        cell(line.home > 0 ? money(line.home) : ''),
        cell(line.home < 0 ? money(-line.home) : ''),
      ]),
    );
    const total = money(of.reduce((sum, { home }) => sum + Math.max(home, 0), 0));
    const blanks = Array.from({ length: 6 }, () => cell(''));
    return section([...blanks, cell(''), cell('')], rows, [...blanks, cell(total), cell(total)]);
  });
  const blanks = Array.from({ length: 5 }, () => cell(''));
  const grand: Row = {
    Summary: { ColData: [cell('TOTAL'), ...blanks, cell(money(debits)), cell(money(debits))] },
    type: 'Section',
    group: 'GrandTotal',
  };
  return {
    Header: withOptions(reportHeader(request, 'JournalReport'), lines.length === 0),
    Columns: {
      Column: [
        ...LEDGER_COLUMNS.slice(0, 5),
        column('Account', 'String', 'account_name'),
        moneyColumn('Debit', 'debt_amt'),
        moneyColumn('Credit', 'credit_amt'),
      ],
    },
    Rows: { Row: lines.length === 0 ? [] : [...Row, grand] },
  };
}

/** `AccountList`: the chart of accounts with balances. */
export function accountList(request: ReportRequest): Report {
  const { store } = request.company;
  const rows = store.all('Account').map((account) => {
    const id = textOf(account, 'Id')!;
    const shown = store.shownBalance(id, currencyOf(account), textOf(account, 'Classification') ?? '');
    return dataRow([
      cell(accountName(store, id), id),
      cell(textOf(account, 'AccountType') ?? ''),
      cell(textOf(account, 'AccountSubType') ?? ''),
      cell(textOf(account, 'Description') ?? ''),
      cell(amountText(shown, currencyOf(account), store.decimals)),
    ]);
  });
  return {
    Header: withOptions(reportHeader(request, 'AccountList'), rows.length === 0),
    Columns: {
      Column: [
        column('Account', 'String', 'account_name'),
        column('Type', 'String', 'account_type'),
        column('Detail type', 'String', 'detail_acc_type'),
        column('Description', 'String', 'account_desc'),
        moneyColumn('Balance', 'account_bal'),
      ],
    },
    Rows: { Row: rows },
  };
}
