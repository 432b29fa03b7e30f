import { sumIn } from '../../platform/money/money.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

export const STATEMENT_KINDS = ['opening', 'invoice', 'payment', 'credit', 'adjustment'] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

/** What changed what a customer owes: an invoice raises it, a payment or a credit lowers it. Cents of its currency. */
export interface StatementEntry {
  on: CalendarDay;
  kind: Exclude<StatementKind, 'opening'>;
  number: string | null;
  /** Null for money and credits as far as they are on no invoice. */
  invoiceId: number | null;
  /** Null where no proposal has it: money that a customer paid on account. */
  proposalId: number | null;
  currency: string;
  amountCents: number;
  /** The document in QuickBooks that has the number, by the API's name of its type. */
  qboType: string;
  qboId: string | null;
  /** The company of QuickBooks that has it. */
  realmId: string | null;
}

export interface StatementRow {
  on: CalendarDay;
  kind: StatementKind;
  number: string | null;
  invoiceId: number | null;
  proposalId: number | null;
  currency: string;
  amountCents: number;
  /** What is owed after it. */
  balanceCents: number;
  /** All null for what was owed before. */
  qboType: string | null;
  qboId: string | null;
  realmId: string | null;
}

export interface StatementTotal {
  currency: string;
  openingCents: number;
  invoicedCents: number;
  /** Payments and credits, and what QuickBooks settled otherwise; below zero. */
  settledCents: number;
  closingCents: number;
}

export interface Statement {
  rows: StatementRow[];
  totals: StatementTotal[];
}

/**
 * A customer's account over days, both included: what was owed before, each entry in the order of its day, and what is
 * owed after it. Currencies one after another; nothing adds up over them. Pure.
 */
export function statementOf(
  entries: readonly StatementEntry[],
  from: CalendarDay | null,
  to: CalendarDay,
): Statement {
  const byCurrency = Map.groupBy(
    entries.filter(({ on }) => on <= to),
    ({ currency }) => currency,
  );
  const parts = [...byCurrency.keys()]
    .toSorted()
    .map((currency) => accountOf(currency, byCurrency.get(currency)!.toSorted(inOrder), from));
  return { rows: parts.flatMap(({ rows }) => rows), totals: parts.map(({ total }) => total) };
}

function accountOf(
  currency: string,
  entries: readonly StatementEntry[],
  from: CalendarDay | null,
): { rows: StatementRow[]; total: StatementTotal } {
  const before = entries.filter(({ on }) => from !== null && on < from);
  const during = entries.slice(before.length);
  const openingCents = sumOf(currency, before);
  let balanceCents = openingCents;
  const opening: StatementRow[] =
    from === null ? [] : [{ ...OPENING, on: from, currency, amountCents: openingCents, balanceCents }];
  const moved = during.map((entry): StatementRow => {
    balanceCents += entry.amountCents;
    return { ...entry, balanceCents };
  });
  const invoicedCents = sumOf(
    currency,
    during.filter(({ kind }) => kind === 'invoice'),
  );
  return {
    rows: [...opening, ...moved],
    total: {
      currency,
      openingCents,
      invoicedCents,
      settledCents: balanceCents - openingCents - invoicedCents,
      closingCents: balanceCents,
    },
  };
}

const OPENING = {
  kind: 'opening',
  number: null,
  invoiceId: null,
  proposalId: null,
  qboType: null,
  qboId: null,
  realmId: null,
} as const;

function sumOf(currency: string, entries: readonly StatementEntry[]): number {
  return sumIn(currency, entries, ({ amountCents }) => amountCents);
}

/** By day; on one day what raises the balance comes first. */
function inOrder(one: StatementEntry, other: StatementEntry): number {
  return (
    one.on.localeCompare(other.on) ||
    Number(one.amountCents < 0) - Number(other.amountCents < 0) ||
    STATEMENT_KINDS.indexOf(one.kind) - STATEMENT_KINDS.indexOf(other.kind) ||
    (one.invoiceId ?? Infinity) - (other.invoiceId ?? Infinity) ||
    (one.number ?? '').localeCompare(other.number ?? '')
  );
}
