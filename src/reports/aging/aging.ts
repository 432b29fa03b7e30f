import type { ExchangeRate } from '../../platform/money/exchange-rate.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

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
}

export interface AgingRow {
  customerId: number | null;
  qboCustomerId: string | null;
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

const DAY_MS = 86_400_000;

/** Days from a document's due day, or its own day where it has none, to another; negative before it. */
export function daysLate(asOf: CalendarDay, { dueOn, txnOn }: Pick<OpenDocument, 'dueOn' | 'txnOn'>): number {
  return Math.round((Date.parse(asOf) - Date.parse(dueOn ?? txnOn)) / DAY_MS);
}

/** The bucket of a number of days late, by QuickBooks' boundaries: 0 is current, 30 the first step, 31 the second. */
export function bucketOf(days: number): Bucket {
  if (days <= 0) return 'current';
  if (days <= 30) return 'days_1_30';
  if (days <= 60) return 'days_31_60';
  return days <= 90 ? 'days_61_90' : 'days_91_plus';
}

/**
 * Who owes what, and since when. Credits stand beside what is owed and lower no bucket; nothing adds up over
 * currencies. Rows are by name, or of one document each, oldest first. Pure.
 */
export function agingOf(
  documents: readonly OpenDocument[],
  asOf: CalendarDay,
  group: 'customer' | 'invoice',
): Aging {
  const owed = documents.filter(({ openCents }) => openCents > 0);
  const rows = group === 'invoice' ? owed.map((one) => rowOf([one], asOf, one)) : byCustomer(owed, asOf);
  const credits = grouped(documents.filter(({ openCents }) => openCents < 0)).map((some): AgingCredit => {
    const [{ customerId, qboCustomerId, customerName, currency }] = some;
    return { customerId, qboCustomerId, customerName, currency, totalCents: sum(some) };
  });
  return {
    rows: rows.toSorted(inOrder(group)),
    credits: credits.toSorted(byName),
    totals: totalsOf(rows, credits),
  };
}

function byCustomer(owed: readonly OpenDocument[], asOf: CalendarDay): AgingRow[] {
  return grouped(owed).map((some) => rowOf(some, asOf, null));
}

function rowOf(
  documents: readonly [OpenDocument, ...OpenDocument[]],
  asOf: CalendarDay,
  document: OpenDocument | null,
): AgingRow {
  const [{ customerId, qboCustomerId, customerName, currency }] = documents;
  const buckets = noBuckets();
  for (const one of documents) buckets[bucketOf(daysLate(asOf, one))] += one.openCents;
  const daysOverdue = document && Math.max(daysLate(asOf, document), 0);
  return {
    customerId,
    qboCustomerId,
    customerName,
    currency,
    buckets,
    totalCents: sum(documents),
    document,
    daysOverdue,
  };
}

function totalsOf(rows: readonly AgingRow[], credits: readonly AgingCredit[]): AgingTotal[] {
  const currencies = [...new Set([...rows, ...credits].map(({ currency }) => currency))].toSorted();
  return currencies.map((currency) => {
    const ours = rows.filter((row) => row.currency === currency);
    const buckets = noBuckets();
    for (const row of ours) for (const bucket of BUCKETS) buckets[bucket] += row.buckets[bucket];
    const totalCents = ours.reduce((total, row) => total + row.totalCents, 0);
    const creditsCents = credits
      .filter((credit) => credit.currency === currency)
      .reduce((total, credit) => total + credit.totalCents, 0);
    return {
      currency,
      buckets,
      totalCents,
      overdueCents: totalCents - buckets.current,
      creditsCents,
      netCents: totalCents + creditsCents,
    };
  });
}

function grouped(documents: readonly OpenDocument[]): [OpenDocument, ...OpenDocument[]][] {
  const groups = new Map<string, [OpenDocument, ...OpenDocument[]]>();
  for (const document of documents) {
    const { customerId, qboCustomerId, customerName, currency } = document;
    const key = `${currency} ${qboCustomerId ?? ''} ${customerId ?? customerName}`;
    const group = groups.get(key);
    if (group) group.push(document);
    else groups.set(key, [document]);
  }
  return [...groups.values()];
}

function sum(documents: readonly OpenDocument[]): number {
  return documents.reduce((total, { openCents }) => total + openCents, 0);
}

function noBuckets(): Record<Bucket, number> {
  return { current: 0, days_1_30: 0, days_31_60: 0, days_61_90: 0, days_91_plus: 0 };
}

function inOrder(group: 'customer' | 'invoice'): (one: AgingRow, other: AgingRow) => number {
  if (group === 'customer') return byName;
  const due = ({ document }: AgingRow): string => document!.dueOn ?? document!.txnOn;
  return (one, other) => due(one).localeCompare(due(other)) || byName(one, other);
}

function byName(
  one: { customerName: string; currency: string; qboCustomerId: string | null },
  other: { customerName: string; currency: string; qboCustomerId: string | null },
): number {
  return (
    one.customerName.localeCompare(other.customerName, 'en') ||
    one.currency.localeCompare(other.currency) ||
    (one.qboCustomerId ?? '').localeCompare(other.qboCustomerId ?? '')
  );
}
