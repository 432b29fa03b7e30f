import { type Body, refOf, textOf } from '../json.ts';
import { nameShown, type Store } from '../store.ts';
import { badDate } from '../fault.ts';
import { isDay } from '../pacific.ts';
import { type LedgerLine, ledgerLines } from './ledger-lines.ts';
import type { ReportRequest } from './request.ts';

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
  /** The same in minor units of the document's currency. */
  foreignOpen: number;
  foreignAmount: number;
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
    const foreignOpen = of.reduce((sum, { amount }) => sum + sign * amount, 0);
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
        foreignOpen,
        foreignAmount: own ? sign * own.amount : foreignOpen,
      },
    ];
  });
}

export function reportDay(request: ReportRequest): string {
  const day = request.query.report_date;
  if (day !== undefined && !isDay(day)) throw badDate('report_date', day);
  return day ?? (request.macro === undefined ? request.company.today() : request.end);
}

/**
 * Days a document is late on a report's day; 0 or less is not late. `aging_method=Current` ages to today, and
 * credits may be left out of aging: switches.
 */
export function daysLate(request: ReportRequest, day: string): (document: OpenDocument) => number {
  const { agingMethodCurrent, creditAging } = request.company.world.switches;
  const isToday = request.query.aging_method === 'Current' && agingMethodCurrent === 'today';
  const to = isToday ? request.company.today() : day;
  return ({ due, open }) => (open < 0 && creditAging === 'current' ? 0 : daysBetween(due, to));
}

/** Whether a document is among those asked for: `customer` or `vendor`, `department`, `term`, due dates. */
function isAskedFor({ query }: ReportRequest, side: Side): (document: OpenDocument) => boolean {
  const isOneOf = (list: string | undefined, id: string | undefined): boolean =>
    list === undefined || list.split(',').includes(id ?? '');
  const ofBody = (name: string, body: Body): boolean =>
    isOneOf(query[name], refOf(body, name === 'term' ? 'SalesTermRef' : 'DepartmentRef'));
  for (const name of ['start_duedate', 'end_duedate'])
    if (query[name] !== undefined && !isDay(query[name])) throw badDate(name, query[name]);
  return ({ partyId, due, line }) =>
    isOneOf(query[side.toLowerCase()], partyId) &&
    ofBody('department', line.body) &&
    ofBody('term', line.body) &&
    due >= (query.start_duedate ?? '') &&
    due <= (query.end_duedate ?? '9999');
}

/** The open documents a report is about. */
export function documentsAskedFor(request: ReportRequest, side: Side, day: string): OpenDocument[] {
  return openDocuments(request.company.store, side, day).filter(isAskedFor(request, side));
}

export function nameOf(store: Store, side: Side, id: string): string {
  return textOf(store.find(side, id), 'FullyQualifiedName') ?? nameShown(store.find(side, id)) ?? id;
}

export function parties(store: Store, side: Side, documents: readonly OpenDocument[]): string[] {
  const ids = [...new Set(documents.map(({ partyId }) => partyId))];
  return ids.toSorted((a, b) => nameOf(store, side, a).localeCompare(nameOf(store, side, b)));
}
