import { currencyOf } from '../currency-of.ts';
import { badNumber } from '../fault.ts';
import { refOf, textOf } from '../json.ts';
import { type Decimals, amountText } from '../money.ts';
import { nameShown } from '../store.ts';
import { type OpenDocument, type Side, daysLate, documentsAskedFor, nameOf, reportDay } from './aging.ts';
import {
  type Amount,
  type Column,
  type Report,
  type Row,
  cell,
  column,
  dataRow,
  money,
  moneyColumn,
  section,
} from './report.ts';
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

/** A column with what a document shows in it, and what several come to where they can be added. */
interface DetailColumn {
  column: Column;
  valueOf(document: OpenDocument): Amount | string;
  idOf?(document: OpenDocument): string;
  totalOf?(documents: readonly OpenDocument[]): Amount | string;
}

/** Amounts of several currencies have no sum. */
function foreignTotal(
  documents: readonly OpenDocument[],
  field: 'foreignOpen' | 'foreignAmount',
  decimals: Decimals,
): string {
  const currencies = new Set(documents.map(({ line }) => currencyOf(line.body)));
  const [currency] = currencies;
  if (currencies.size !== 1 || currency === undefined) return '';
  return amountText(
    documents.reduce((sum, one) => sum + one[field], 0),
    currency,
    decimals,
  );
}

function homeColumn(title: string, key: string, field: 'open' | 'amount'): DetailColumn {
  return {
    column: moneyColumn(title, key),
    valueOf: (document) => money(document[field]),
    totalOf: (documents) => money(documents.reduce((sum, one) => sum + one[field], 0)),
  };
}

function foreignColumn(
  title: string,
  key: string,
  field: 'foreignOpen' | 'foreignAmount',
  decimals: Decimals,
): DetailColumn {
  return {
    column: moneyColumn(title, key),
    valueOf: (document) => amountText(document[field], currencyOf(document.line.body), decimals),
    totalOf: (documents) => foreignTotal(documents, field, decimals),
  };
}

/** Every column that can be asked for by its key, in the order they stand. */
function columnsOf(
  request: ReportRequest,
  side: Side,
  late: (document: OpenDocument) => number,
): DetailColumn[] {
  const { store, isMultiCurrency } = request.company;
  const text = (title: string, key: string, valueOf: DetailColumn['valueOf']): DetailColumn => ({
    column: column(title, key.endsWith('date') ? 'Date' : 'String', key),
    valueOf,
  });
  const named = (entity: 'Department' | 'Term', field: string) => (document: OpenDocument) =>
    nameShown(store.find(entity, refOf(document.line.body, field))) ?? '';
  return [
    text('Date', 'tx_date', ({ line }) => line.date),
    { ...text('Transaction Type', 'txn_type', ({ line }) => line.type), idOf: ({ line }) => line.id },
    text('Num', 'doc_num', ({ line }) => textOf(line.body, 'DocNumber') ?? ''),
    {
      ...text(side, side === 'Customer' ? 'cust_name' : 'vend_name', ({ partyId }) =>
        nameOf(store, side, partyId),
      ),
      idOf: ({ partyId }) => partyId,
    },
    text('Location', 'dept_name', named('Department', 'DepartmentRef')),
    text('Terms', 'term_name', named('Term', 'SalesTermRef')),
    text('Memo/Description', 'memo', ({ line }) => textOf(line.body, 'PrivateNote') ?? ''),
    text('Due Date', 'due_date', ({ due }) => due),
    text('Past Due', 'past_due', (document) => String(Math.max(0, late(document)))),
    ...(isMultiCurrency
      ? [
          text('Currency', 'currency', ({ line }) => currencyOf(line.body)),
          text('Exchange Rate', 'exch_rate', ({ line }) => textOf(line.body, 'ExchangeRate') ?? '1'),
          foreignColumn('Foreign Amount', 'foreign_amount', 'foreignAmount', store.decimals),
          foreignColumn('Foreign Open Balance', 'foreign_open_bal', 'foreignOpen', store.decimals),
        ]
      : [homeColumn('Amount', 'subt_amount', 'amount'), homeColumn('Open Balance', 'subt_open_bal', 'open')]),
  ];
}

const ASKED_FOR_ONLY = new Set(['dept_name', 'term_name', 'memo']);

function keyOf({ column: { MetaData } }: DetailColumn): string {
  return MetaData?.[0]?.Value ?? '';
}

function chosen(columns: readonly DetailColumn[], request: ReportRequest, side: Side): DetailColumn[] {
  const asked = request.query.columns?.split(',').map((key) => key.trim());
  const isUsual = (key: string): boolean =>
    !ASKED_FOR_ONLY.has(key) && (key !== 'past_due' || side === 'Vendor');
  return columns.filter((one) => (asked ? asked.includes(keyOf(one)) : isUsual(keyOf(one))));
}

function countIn(query: Record<string, string>, name: string, fallback: number): number {
  const text = query[name] ?? String(fallback);
  if (!/^[1-9]\d{0,2}$/.test(text)) throw badNumber(name, text);
  return Number(text);
}

/** Titles by bucket, not late first: `num_periods` of `aging_period` days, the last one open. */
function titlesOf({ query }: ReportRequest): { titles: string[]; bucketOf: (days: number) => number } {
  const length = countIn(query, 'aging_period', 30);
  const count = countIn(query, 'num_periods', 4);
  const periods = Array.from({ length: count }, (_none, index) => {
    const from = index * length + 1;
    return index === count - 1
      ? `${from} or more days past due`
      : `${from} - ${from + length - 1} days past due`;
  });
  return {
    titles: ['Current', ...periods],
    bucketOf: (days) => (days <= 0 ? 0 : Math.min(Math.ceil(days / length), count)),
  };
}

function sectionOf(title: string, documents: readonly OpenDocument[], columns: readonly DetailColumn[]): Row {
  const rows = documents.map((document) =>
    dataRow(columns.map((one) => cell(one.valueOf(document), one.idOf?.(document)))),
  );
  const titled = columns.map((_column, index) => cell(index === 0 ? title : ''));
  const totals = columns.map((one, index) =>
    cell(index === 0 ? `Total for ${title}` : (one.totalOf?.(documents) ?? '')),
  );
  return section(titled, rows, totals);
}

/** `AgedReceivableDetail` and `AgedPayableDetail`: the documents behind it, oldest bucket first. */
export function agedDetail(side: Side): (request: ReportRequest) => Report {
  return (request) => {
    const day = reportDay(request);
    const late = daysLate(request, day);
    const least = request.query.past_due === undefined ? -Infinity : countIn(request.query, 'past_due', 1);
    const documents = documentsAskedFor(request, side, day).filter((document) => late(document) >= least);
    const columns = chosen(columnsOf(request, side, late), request, side);
    const { titles, bucketOf } = titlesOf(request);
    const byBucket = Map.groupBy(documents, (document) => bucketOf(late(document)));
    const sections = titles
      .map((title, bucket) => ({ title, own: byBucket.get(bucket) ?? [] }))
      .toReversed()
      .flatMap(({ title, own }) => (own.length === 0 ? [] : [sectionOf(title, own, columns)]));
    const header = reportHeader(request, side === 'Customer' ? 'AgedReceivableDetail' : 'AgedPayableDetail');
    return {
      Header: withOptions({ ...header, StartPeriod: day, EndPeriod: day }, documents.length === 0),
      Columns: { Column: columns.map((one) => one.column) },
      Rows: { Row: sections },
    };
  };
}
