import type { Company } from '../company.ts';
import { badDate, badEnum } from '../fault.ts';
import { partOf, textOf } from '../json.ts';
import { addDays, isDay, stamp } from '../pacific.ts';
import type { Dimension } from './dimensions.ts';
import { traitsOf } from './headers.ts';
import type { LedgerLine } from './ledger-lines.ts';
import type { Report } from './report.ts';

/** A span of days with the title of its column. */
export interface Span {
  title: string;
  start: string;
  end: string;
  /** Which lines it is of, where columns are not periods. */
  includes?: (line: LedgerLine) => boolean;
}

/** What was asked of a report, read and checked. */
export interface ReportRequest {
  company: Company;
  query: Record<string, string>;
  basis: 'Accrual' | 'Cash';
  start: string;
  end: string;
  macro: string | undefined;
  /** The columns the period is divided into; one for a total. */
  spans: Span[];
  /** What columns are made of instead of periods. */
  columnsOf: Dimension | undefined;
  isModern: boolean;
}

export const THE_BEGINNING = '1900-01-01';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The first day of the month so many months after a day's. */
export function monthStart(day: string, months = 0): string {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`;
}

export function fiscalYearStart(company: Company, day: string): string {
  const name = textOf(company.preferences('AccountingInfoPrefs'), 'FirstMonthOfFiscalYear') ?? 'January';
  const month = String(MONTHS.indexOf(name.slice(0, 3)) + 1).padStart(2, '0');
  const sameYear = `${day.slice(0, 4)}-${month}-01`;
  return sameYear <= day ? sameYear : `${Number(day.slice(0, 4)) - 1}-${month}-01`;
}

function macroSpan(company: Company, macro: string): [string, string] {
  const today = company.today();
  const year = fiscalYearStart(company, today);
  const spans: Record<string, [string, string]> = {
    today: [today, today],
    yesterday: [addDays(today, -1), addDays(today, -1)],
    'this month': [monthStart(today), addDays(monthStart(today, 1), -1)],
    'this month-to-date': [monthStart(today), today],
    'last month': [monthStart(today, -1), addDays(monthStart(today), -1)],
    'this fiscal year': [year, addDays(monthStart(year, 12), -1)],
    'this fiscal year-to-date': [year, today],
    'this calendar year-to-date': [`${today.slice(0, 4)}-01-01`, today],
    'last fiscal year': [monthStart(year, -12), addDays(year, -1)],
    all: [THE_BEGINNING, today],
  };
  const span = spans[macro.toLowerCase()];
  if (!span) throw badEnum('date_macro', macro);
  return span;
}

function dayIn(query: Record<string, string>, name: string): string | undefined {
  const day = query[name];
  if (day !== undefined && !isDay(day)) throw badDate(name, day);
  return day;
}

/** The most columns of days that are answered. */
const DAYS_MAX = 200;

/** Days, or weeks that begin on Sundays. */
function daySpans(isWeek: boolean, start: string, end: string): Span[] {
  const spans: Span[] = [];
  for (let from = start; from <= end && spans.length < DAYS_MAX;) {
    const weekday = new Date(`${from}T00:00:00Z`).getUTCDay();
    const last = isWeek ? addDays(from, 6 - weekday) : from;
    const to = last < end ? last : end;
    spans.push({ title: from === to ? from : `${from} - ${to}`, start: from, end: to });
    from = addDays(to, 1);
  }
  return spans;
}

const DIMENSIONS: Readonly<Record<string, Dimension>> = {
  customers: 'Customer',
  vendors: 'Vendor',
  employees: 'Employee',
  classes: 'Class',
  departments: 'Department',
  productsandservices: 'Item',
};

function spansOf(by: string, start: string, end: string): Span[] {
  const kind = by.toLowerCase();
  const months = { month: 1, quarter: 3, year: 12 }[kind];
  if (kind === 'days' || kind === 'week') return daySpans(kind === 'week', start, end);
  if (months === undefined) {
    if (kind !== 'total' && !DIMENSIONS[kind]) throw badEnum('summarize_column_by', by);
    return [{ title: 'Total', start, end }];
  }
  const spans: Span[] = [];
  for (let from = start; from <= end;) {
    const next = monthStart(from, months);
    const to = addDays(next, -1) < end ? addDays(next, -1) : end;
    const name = `${MONTHS[Number(from.slice(5, 7)) - 1]} ${from.slice(0, 4)}`;
    spans.push({
      title: months === 1 ? name : `${name} - ${MONTHS[Number(to.slice(5, 7)) - 1]} ${to.slice(0, 4)}`,
      start: from,
      end: to,
    });
    from = next;
  }
  return spans;
}

/** The period a report is of that is asked for without one, where it has a name of its own. */
function periodOf(company: Company, name: string, query: Record<string, string>): string | undefined {
  if (['start_date', 'end_date', 'report_date'].some((date) => query[date] !== undefined)) return undefined;
  const { period } = traitsOf(name);
  const isCalendar = fiscalYearStart(company, company.today()).slice(5, 7) === '01';
  return period?.includes('calendar') && !isCalendar ? undefined : period;
}

/** Reads the query of `GET /reports/{name}`. Without dates it is the month or the fiscal year to date. */
export function reportRequestOf(
  company: Company,
  name: string,
  query: Record<string, string>,
): ReportRequest {
  const {
    date_macro: macro = periodOf(company, name, query),
    accounting_method: method = textOf(company.preferences('ReportPrefs'), 'ReportBasis'),
  } = query;
  if (method !== undefined && method !== 'Cash' && method !== 'Accrual')
    throw badEnum('accounting_method', method);
  const today = company.today();
  const [from, to] =
    macro === undefined ? [fiscalYearStart(company, today), today] : macroSpan(company, macro);
  const [given, until] = [dayIn(query, 'start_date'), dayIn(query, 'end_date')];
  // One date alone is the year to date, as the real service has it.
  const [start, end] = given !== undefined && until !== undefined ? [given, until] : [from, to];
  return {
    company,
    query,
    basis: method === 'Cash' ? 'Cash' : 'Accrual',
    start,
    end,
    macro,
    spans: spansOf(query.summarize_column_by ?? 'Total', start, end),
    columnsOf: DIMENSIONS[query.summarize_column_by?.toLowerCase() ?? ''],
    isModern: query.testing_migration === 'true' || company.world.switches.reportGeneration === 'modern',
  };
}

/** The header every report begins with. */
export function reportHeader(
  request: ReportRequest,
  name: string,
  more: Record<string, unknown> = {},
): Report['Header'] {
  const { company, basis, start, end, macro, query } = request;
  const { hasNoBasis, isSummarised } = traitsOf(name);
  return {
    Time: stamp(company.world.clock.now()),
    ReportName: name,
    ...(macro === undefined ? {} : { DateMacro: macro }),
    ...(hasNoBasis ? {} : { ReportBasis: basis }),
    StartPeriod: start,
    EndPeriod: end,
    ...(isSummarised ? { SummarizeColumnsBy: query.summarize_column_by ?? 'Total' } : {}),
    Currency: textOf(partOf(company.preferences('CurrencyPrefs'), 'HomeCurrency'), 'value') ?? 'USD',
    ...(query.customer === undefined ? {} : { Customer: query.customer }),
    ...more,
  };
}

export function withOptions(header: Report['Header'], isEmpty: boolean): Report['Header'] {
  const { hasStandard, isOfOneDay } = traitsOf(String(header.ReportName));
  const Option = [
    ...(hasStandard ? [{ Name: 'AccountingStandard', Value: 'GAAP' }] : []),
    ...(isOfOneDay ? [{ Name: 'report_date', Value: header.EndPeriod }] : []),
    { Name: 'NoReportData', Value: String(isEmpty) },
  ];
  return { ...header, Option };
}
