import type { CalendarDay } from '../../platform/time/calendar-day.js';

export type RevenueEventKind =
  /** Invoiced before tax, with what is withheld as retainage. */
  | 'billed'
  /** Revenue by the contract's policy. */
  | 'earned'
  /** Of what was billed, given back: credits, and refunds that are a price reduction or a deposit returned. */
  | 'credited'
  /** Of what was invoiced; never revenue. */
  | 'tax'
  /** What the customer owes by invoices: raised by them, lowered by money and credits. */
  | 'receivable'
  /** Money, below zero where it went back. */
  | 'received'
  /** Of a receivable, given up. */
  | 'bad_debt'
  /** Money lost in disputes, but for what nobody owed: whether it is owed again is for a person to decide. */
  | 'lost';

/** What is billed, earned or paid: the products of QuickBooks, and what is none. */
export const REVENUE_ITEMS = ['work', 'deposit', 'retainage', 'tax', 'unapplied'] as const;
export type RevenueItem = (typeof REVENUE_ITEMS)[number];

export type RevenueSource =
  | 'invoice'
  | 'application'
  | 'credit_memo'
  | 'payment'
  | 'refund'
  | 'dispute'
  | 'completion'
  | 'cancellation'
  | 'milestone'
  | 'progress'
  | 'change_order';

/** One event as the facts have it now. Cents of the contract's currency. */
export interface DerivedEvent {
  kind: RevenueEventKind;
  item: RevenueItem;
  sourceKind: RevenueSource;
  sourceId: string;
  eventOn: CalendarDay;
  cents: number;
}

/** An event to be added. It counts from its own day on, or from the first open one where its month is closed. */
export interface PostedEvent extends DerivedEvent {
  postedOn: CalendarDay;
  sequence: number;
}

/** What was posted so far from one source of one kind on one day, and counts from one. */
export interface PostedSum {
  kind: RevenueEventKind;
  item: RevenueItem;
  sourceKind: RevenueSource;
  sourceId: string;
  eventOn: CalendarDay;
  postedOn: CalendarDay;
  cents: number;
  /** Of the newest of all its events of any day. */
  sequence: number;
}
