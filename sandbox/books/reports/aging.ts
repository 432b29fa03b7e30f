import { textOf } from '../json.ts';
import { nameShown, type Store } from '../store.ts';
import { badDate } from '../fault.ts';
import { isDay } from '../pacific.ts';
import { type LedgerLine, ledgerLines } from './ledger-lines.ts';
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
import { type ReportRequest, reportHeader, withOptions } from './request.ts';

export type Side = 'Customer' | 'Vendor';

/** What one document leaves open on a day. */
export interface OpenDocument {
  line: LedgerLine;
  partyId: string;
  /** The day it is aged from: its due date, or its own. */
  due: string;
  /** Home minor units; what is owed to us, or by us, is positive. */
  open: number;
  /** What it was over. */
  amount: number;
}

const DAY_MS = 86_400_000;

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/**
 * What was open at the end of a day, by the ledger alone: postings dated later do not count, so a payment
 * that came before its invoice stands there as a credit until the invoice's day.
 */
export function openDocuments(store: Store, side: Side, day: string): OpenDocument[] {
  const sign = side === 'Customer' ? 1 : -1;
  const lines = ledgerLines(store).filter(
    ({ openItem, party, date }) => openItem !== undefined && party?.type === side && date <= day,
  );
  return [...Map.groupBy(lines, ({ openItem }) => openItem!)].flatMap(([openItem, of]) => {
    const open = of.reduce((sum, { home }) => sum + sign * home, 0);
    if (open === 0) return [];
    const own = of.find(({ document }) => openItem.startsWith(`${document}|`));
    const line = own ?? of[0]!;
    const due = textOf(line.body, 'DueDate') ?? line.date;
    return [
      {
        line,
        partyId: line.party!.id,
        due: own ? due : line.date,
        open,
        amount: own ? sign * own.home : open,
      },
    ];
  });
}

const BUCKETS = ['Current', '1 - 30', '31 - 60', '61 - 90', '91 and over'] as const;

/** The bucket of a document so many days late: 0 or less is current, 1 to 30 the next, and so on. */
function bucketOf(days: number): number {
  if (days <= 0) return 0;
  return Math.min(Math.ceil(days / 30), BUCKETS.length - 1);
}

export function reportDay(request: ReportRequest): string {
  const day = request.query.report_date;
  if (day !== undefined && !isDay(day)) throw badDate('report_date', day);
  return day ?? (request.macro === undefined ? request.company.today() : request.end);
}

/** `aging_method=Current` ages to today, whatever the report's day. */
function agedTo(request: ReportRequest, day: string): string {
  return request.query.aging_method === 'Current' ? request.company.today() : day;
}

export function nameOf(store: Store, side: Side, id: string): string {
  return textOf(store.find(side, id), 'FullyQualifiedName') ?? nameShown(store.find(side, id)) ?? id;
}

export function parties(
  store: Store,
  side: Side,
  documents: readonly OpenDocument[],
  only: string | undefined,
): string[] {
  const wanted = only?.split(',');
  const ids = [...new Set(documents.map(({ partyId }) => partyId))].filter(
    (id) => !wanted || wanted.includes(id),
  );
  return ids.toSorted((a, b) => nameOf(store, side, a).localeCompare(nameOf(store, side, b)));
}

/** `AgedReceivables` and `AgedPayables`: what each customer or vendor has open, by how late it is. */
export function agedSummary(side: Side): (request: ReportRequest) => Report {
  return (request) => {
    const { store } = request.company;
    const day = reportDay(request);
    const documents = openDocuments(store, side, day);
    const late = ({ due }: OpenDocument): number => bucketOf(daysBetween(due, agedTo(request, day)));
    const totals = [...BUCKETS, 'Total'].map(() => 0);
    const rows = parties(store, side, documents, request.query[side.toLowerCase()]).map((id): Row => {
      const sums = [...BUCKETS, 'Total'].map(() => 0);
      for (const document of documents.filter(({ partyId }) => partyId === id)) {
        sums[late(document)]! += document.open;
        sums[BUCKETS.length]! += document.open;
      }
      for (const [index, sum] of sums.entries()) totals[index]! += sum;
      return dataRow([cell(nameOf(store, side, id), id), ...sums.map((sum) => cell(moneyOrEmpty(sum)))]);
    });
    const grand: Row = {
      Summary: { ColData: [cell('TOTAL'), ...totals.map((sum) => cell(money(sum)))] },
      type: 'Section',
      group: 'GrandTotal',
    };
    const keys = ['current', '0', '1', '2', '3', 'total'];
    return {
      Header: withOptions(
        {
          ...reportHeader(request, side === 'Customer' ? 'AgedReceivables' : 'AgedPayables'),
          StartPeriod: day,
          EndPeriod: day,
        },
        rows.length === 0,
      ),
      Columns: {
        Column: [
          column('', side, side === 'Customer' ? 'customer_name' : 'vendor_name'),
          ...[...BUCKETS, 'Total'].map((title, index) => moneyColumn(title, keys[index]!)),
        ],
      },
      Rows: { Row: rows.length === 0 ? [] : [...rows, grand] },
    };
  };
}

const DETAIL_TITLES = [
  'Current',
  '1 - 30 days past due',
  '31 - 60 days past due',
  '61 - 90 days past due',
  '91 or more days past due',
];

/** `AgedReceivableDetail` and `AgedPayableDetail`: the documents behind it, oldest bucket first. */
export function agedDetail(side: Side): (request: ReportRequest) => Report {
  return (request) => {
    const { store } = request.company;
    const day = reportDay(request);
    const to = agedTo(request, day);
    const only = request.query[side.toLowerCase()]?.split(',');
    const documents = openDocuments(store, side, day).filter(
      ({ partyId }) => !only || only.includes(partyId),
    );
    const sections = DETAIL_TITLES.map((title, bucket) => ({ title, bucket }))
      .toReversed()
      .flatMap(({ title, bucket }): Row[] => {
        const own = documents.filter(({ due }) => bucketOf(daysBetween(due, to)) === bucket);
        if (own.length === 0) return [];
        const rows = own.map(({ line, partyId, due, amount, open }) =>
          dataRow([
            cell(line.date),
            cell(line.type, line.id),
            cell(textOf(line.body, 'DocNumber') ?? ''),
            cell(nameOf(store, side, partyId), partyId),
            cell(due),
            ...(side === 'Vendor' ? [cell(String(Math.max(0, daysBetween(due, to))))] : []),
            cell(money(amount)),
            cell(money(open)),
          ]),
        );
        const sum = (field: 'amount' | 'open'): string =>
          money(own.reduce((total, one) => total + one[field], 0));
        const blanks = Array.from({ length: side === 'Vendor' ? 5 : 4 }, () => cell(''));
        return [
          section([cell(title), ...blanks, cell(''), cell('')], rows, [
            cell(`Total for ${title}`),
            ...blanks,
            cell(sum('amount')),
            cell(sum('open')),
          ]),
        ];
      });
    const isMulti = request.company.isMultiCurrency;
    const Column = [
      column('Date', 'Date', 'tx_date'),
      column('Transaction Type', 'String', 'txn_type'),
      column('Num', 'String', 'doc_num'),
      column(side, 'String', side === 'Customer' ? 'cust_name' : 'vend_name'),
      column('Due Date', 'Date', 'due_date'),
      ...(side === 'Vendor' ? [column('Past Due', 'String', 'past_due')] : []),
      moneyColumn('Amount', isMulti ? 'foreign_amount' : 'subt_amount'),
      moneyColumn('Open Balance', isMulti ? 'foreign_open_bal' : 'subt_open_bal'),
    ];
    const name = side === 'Customer' ? 'AgedReceivableDetail' : 'AgedPayableDetail';
    return {
      Header: withOptions(
        { ...reportHeader(request, name), StartPeriod: day, EndPeriod: day },
        documents.length === 0,
      ),
      Columns: { Column },
      Rows: { Row: sections },
    };
  };
}
