import { sumCents } from '../../platform/money/cents.js';
import type { ExchangeRate } from '../../platform/money/exchange-rate.js';
import { byCurrency, sumIn } from '../../platform/money/money.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { DAY_MS } from '../../platform/time/after.js';

/** How late money is, in days after its due day: not yet, or a step of thirty days. */
export const BUCKETS = ['current', 'days_1_30', 'days_31_60', 'days_61_90', 'days_91_plus'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** What is open of one document on a day, in cents of its currency: owed to us above zero, a credit below. */
export interface OpenDocument {
  type: string;
  /** The company of QuickBooks that numbers it; null where it was not asked for yet. */
  realmId: string | null;
  /** Ours, where it is an invoice of ours. */
  invoiceId: number | null;
  proposalId: number | null;
  qboId: string | null;
  number: string | null;
  customerId: number | null;
  qboCustomerId: string | null;
  customerName: string;
  /** Its name in QuickBooks when the document was read; null where it was not read. */
  partyName: string | null;
  currency: string;
  /** Of the document, where its currency is not the company's. */
  exchangeRate: ExchangeRate | null;
  txnOn: CalendarDay;
  dueOn: CalendarDay | null;
  openCents: number;
  /** What of it a payment in another currency than the company's settles on a later day than its own. */
  settlesLater: readonly SettledLater[];
}

/** A part of what is open of a payment, at the rate of the document that takes it: QuickBooks books it at that. */
export interface SettledLater {
  cents: number;
  exchangeRate: ExchangeRate;
}

/** What is open of one party's documents of one age and currency; `bucket` null: credits, in cents below zero. */
export interface AgedSum {
  customerId: number | null;
  qboCustomerId: string | null;
  /** The company of QuickBooks that has this customer; null where none is known. */
  realmId: string | null;
  customerName: string;
  currency: string;
  bucket: Bucket | null;
  cents: number;
}

export interface AgingRow {
  customerId: number | null;
  qboCustomerId: string | null;
  realmId: string | null;
  customerName: string;
  currency: string;
  buckets: Record<Bucket, number>;
  totalCents: number;
  /** Of one invoice, where rows are invoices. */
  document: OpenDocument | null;
  daysOverdue: number | null;
}

export interface AgingCredit {
  customerId: number | null;
  qboCustomerId: string | null;
  realmId: string | null;
  customerName: string;
  currency: string;
  totalCents: number;
}

export interface AgingTotal {
  currency: string;
  buckets: Record<Bucket, number>;
  totalCents: number;
  overdueCents: number;
  creditsCents: number;
  /** What is owed less the credits: the receivables account of that currency. */
  netCents: number;
}

export interface Aging {
  rows: AgingRow[];
  credits: AgingCredit[];
  totals: AgingTotal[];
}

/** From so many days after the due day on a document is in the bucket after the one before; QuickBooks' boundaries. */
export const BUCKETS_FROM_DAYS = [1, 31, 61, 91] as const;

/** Days from a document's due day, or its own day where it has none, to another; negative before it. */
export function daysLate(asOf: CalendarDay, { dueOn, txnOn }: Pick<OpenDocument, 'dueOn' | 'txnOn'>): number {
  return Math.round((Date.parse(asOf) - Date.parse(dueOn ?? txnOn)) / DAY_MS);
}

/** The bucket of a number of days late: 0 is current, 30 the first step, 31 the second. */
export function bucketOf(days: number): Bucket {
  return BUCKETS[BUCKETS_FROM_DAYS.filter((from) => days >= from).length]!;
}

/**
 * Who owes what, and since when, by name. Credits stand beside what is owed and lower no bucket; nothing adds up over
 * currencies. Pure.
 */
export function agingOf(sums: readonly AgedSum[]): Aging {
  const rows = grouped(sums.filter(({ bucket }) => bucket !== null)).map(rowOf);
  const credits = grouped(sums.filter(({ bucket }) => bucket === null)).map((some): AgingCredit => {
    const [{ customerId, qboCustomerId, realmId, customerName, currency }] = some;
    return {
      customerId,
      qboCustomerId,
      realmId,
      customerName,
      currency,
      totalCents: sumIn(currency, some, centsOf),
    };
  });
  return {
    rows: rows.toSorted(byName),
    credits: credits.toSorted(byName),
    totals: totalsOf(rows, credits),
  };
}

/** One document as a row of its own. Pure. */
export function documentRow(document: OpenDocument, asOf: CalendarDay): AgingRow {
  const { customerId, qboCustomerId, realmId, customerName, currency, openCents } = document;
  const days = daysLate(asOf, document);
  const sums = {
    customerId,
    qboCustomerId,
    realmId,
    customerName,
    currency,
    bucket: bucketOf(days),
    cents: openCents,
  };
  return { ...rowOf([sums]), document, daysOverdue: Math.max(days, 0) };
}

function rowOf(sums: readonly [AgedSum, ...AgedSum[]]): AgingRow {
  const [{ customerId, qboCustomerId, realmId, customerName, currency }] = sums;
  const buckets = inBuckets((wanted) =>
    sumIn(
      currency,
      sums.filter(({ bucket }) => bucket === wanted),
      centsOf,
    ),
  );
  const party = { customerId, qboCustomerId, realmId, customerName, currency };
  return { ...party, buckets, totalCents: sumIn(currency, sums, centsOf), document: null, daysOverdue: null };
}

function totalsOf(rows: readonly AgingRow[], credits: readonly AgingCredit[]): AgingTotal[] {
  return byCurrency<AgingRow | AgingCredit>([...rows, ...credits]).map(([currency]) => {
    const owed = rows.filter((row) => row.currency === currency);
    const owing = credits.filter((credit) => credit.currency === currency);
    const buckets = inBuckets((bucket) => sumIn(currency, owed, (row) => row.buckets[bucket]));
    const totalCents = sumIn(currency, owed, (row) => row.totalCents);
    const creditsCents = sumIn(currency, owing, (credit) => credit.totalCents);
    return {
      currency,
      buckets,
      totalCents,
      overdueCents: totalCents - buckets.current,
      creditsCents,
      netCents: sumCents([totalCents, creditsCents]),
    };
  });
}

function grouped(sums: readonly AgedSum[]): [AgedSum, ...AgedSum[]][] {
  const groups = new Map<string, [AgedSum, ...AgedSum[]]>();
  for (const one of sums) {
    const { customerId, qboCustomerId, realmId, customerName, currency } = one;
    const key = `${currency} ${realmId ?? ''} ${qboCustomerId ?? ''} ${customerId ?? customerName}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

function centsOf({ cents }: AgedSum): number {
  return cents;
}

function inBuckets(cents: (bucket: Bucket) => number): Record<Bucket, number> {
  return {
    current: cents('current'),
    days_1_30: cents('days_1_30'),
    days_31_60: cents('days_31_60'),
    days_61_90: cents('days_61_90'),
    days_91_plus: cents('days_91_plus'),
  };
}

function byName(
  one: { customerName: string; currency: string; qboCustomerId: string | null },
  other: { customerName: string; currency: string; qboCustomerId: string | null },
): number {
  return (
    NAMES.compare(one.customerName, other.customerName) ||
    one.currency.localeCompare(other.currency) ||
    (one.qboCustomerId ?? '').localeCompare(other.qboCustomerId ?? '')
  );
}

/** One for all comparisons: making it takes longer than many of them. */
const NAMES = new Intl.Collator('en');
