import { currencyOf } from '../currency-of.ts';
import { amountText, minorOf } from '../money.ts';
import { nameShown, type Store } from '../store.ts';
import { type LedgerLine, ledgerLines } from './ledger-lines.ts';
import { accountName, memoOf, numberOf, splitOf } from './listings.ts';
import { type Report, type Row, cell, column, dataRow, money, moneyColumn, section } from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

function documentsWithin({ company, start, end, query }: ReportRequest): LedgerLine[] {
  const first = new Map<string, LedgerLine>();
  for (const line of ledgerLines(company.store))
    if (!first.has(line.document)) first.set(line.document, line);
  const type = query.transaction_type?.toLowerCase();
  return [...first.values()].filter(
    ({ date, entity }) =>
      date >= start &&
      date <= end &&
      (type === undefined || entity.toLowerCase() === type.replaceAll(' ', '')),
  );
}

function amountOf({ body, entity }: LedgerLine): number {
  const field = entity === 'Transfer' ? 'Amount' : entity === 'Customer' ? 'Balance' : 'TotalAmt';
  return minorOf(body[field], currencyOf(body));
}

const LIST_COLUMNS = [
  column('Date', 'Date', 'tx_date'),
  column('Transaction Type', 'String', 'txn_type'),
  column('Num', 'String', 'doc_num'),
  column('Posting', 'Boolean', 'is_no_post'),
  column('Name', 'String', 'name'),
  column('Memo/Description', 'String', 'memo'),
  column('Account', 'String', 'account_name'),
  column('Split', 'String', 'other_account'),
  moneyColumn('Amount', 'subt_nat_amount'),
];

function listRow(store: Store, line: LedgerLine): Row {
  return dataRow([
    cell(line.date),
    cell(line.type, line.id),
    cell(numberOf(line)),
    cell('Yes'),
    cell(line.name),
    cell(memoOf(line)),
    cell(accountName(store, line.account), line.account),
    cell(splitOf(store, line)),
    cell(amountText(amountOf(line), currencyOf(line.body), store.decimals)),
  ]);
}

/** `TransactionList`: every document of a period, one row each. */
export function transactionList(request: ReportRequest): Report {
  const documents = documentsWithin(request);
  return {
    Header: withOptions(reportHeader(request, 'TransactionList'), documents.length === 0),
    Columns: { Column: LIST_COLUMNS },
    Rows: { Row: documents.map((line) => listRow(request.company.store, line)) },
  };
}

/** `TransactionListWithSplits`: every document of a period with all its postings. */
export function transactionListWithSplits(request: ReportRequest): Report {
  const { store } = request.company;
  const wanted = new Set(documentsWithin(request).map(({ document }) => document));
  const lines = ledgerLines(store).filter(({ document }) => wanted.has(document));
  const Row = [...Map.groupBy(lines, ({ document }) => document).values()].map((of) => {
    const rows = of.map((line, index) =>
      dataRow([
        cell(index === 0 ? line.date : ''),
        cell(index === 0 ? line.type : '', line.id),
        cell(index === 0 ? numberOf(line) : ''),
        cell(index === 0 ? 'Yes' : ''),
        cell(line.name),
        cell(memoOf(line)),
        cell(accountName(store, line.account), line.account),
        cell(money(line.home)),
      ]),
    );
    const [first] = of;
    const blanks = Array.from({ length: 7 }, () => cell(''));
    const title = `${first!.type} ${numberOf(first!)}`.trim();
    return section([cell(title, first!.id), ...blanks], rows, [cell(`Total for ${title}`), ...blanks]);
  });
  return {
    Header: withOptions(reportHeader(request, 'TransactionListWithSplits'), Row.length === 0),
    Columns: { Column: [...LIST_COLUMNS.slice(0, 7), LIST_COLUMNS.at(-1)!] },
    Rows: { Row },
  };
}

/** `TransactionListByCustomer` and `…ByVendor`: the same, grouped by name. */
export function transactionListBy(side: 'Customer' | 'Vendor'): (request: ReportRequest) => Report {
  return (request) => {
    const { store } = request.company;
    const names = new Set(store.all(side).map((one) => nameShown(one)));
    const grouped = Map.groupBy(
      documentsWithin(request).filter(({ name }) => names.has(name)),
      ({ name }) => name,
    );
    const Row = [...grouped]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, lines]) => {
        const total = lines.reduce((sum, line) => sum + amountOf(line), 0);
        const blanks = Array.from({ length: 7 }, () => cell(''));
        // All in one currency, its own.
        const sum = amountText(total, currencyOf(lines[0]?.body), store.decimals);
        const summary = [cell(`Total for ${name}`), ...blanks, cell(sum)];
        return section(
          [cell(name), ...blanks, cell('')],
          lines.map((line) => listRow(store, line)),
          summary,
        );
      });
    return {
      Header: withOptions(reportHeader(request, `TransactionListBy${side}`), Row.length === 0),
      Columns: { Column: LIST_COLUMNS },
      Rows: { Row },
    };
  };
}
