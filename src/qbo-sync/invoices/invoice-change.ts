import type { CalendarDay } from '../../time/calendar-day.js';
import type { QboInvoice } from '../client/qbo-objects.js';
import { paidCentsOf, qboStateOf, qboStatusOf, type QboState, type QboStatus } from './invoice-status.js';

/** What QuickBooks said of one invoice: the whole of it, or that it is gone. */
export type InvoiceSnapshot =
  { invoiceId: string; deleted: false; invoice: QboInvoice } | { invoiceId: string; deleted: true };

/** What the CRM holds of a linked invoice. */
export interface LinkedInvoice {
  proposalId: number;
  customerId: number | null;
  invoiceId: string;
  number: string | null;
  syncToken: number | null;
  status: QboStatus | null;
  state: QboState | null;
  totalCents: number | null;
  balanceCents: number | null;
  paidCents: number | null;
  dueOn: CalendarDay | null;
  transitionCount: number;
}

export type TransitionEvent =
  'invoice_paid' | 'invoice_reopened' | 'invoice_partially_paid' | 'invoice_voided' | 'invoice_deleted';

export interface InvoiceChange {
  next: LinkedInvoice;
  /** The event to log, where this change is one. */
  event: TransitionEvent | null;
  /** Money that newly shows as paid, in cents; never negative. */
  arrivedCents: number;
}

/**
 * What a snapshot changes, or null where it tells nothing new. Deleted is final for its id, and an older version never
 * replaces a newer one: versions are compared by SyncToken, never by the order in which answers arrive.
 */
export function changeBy(
  current: LinkedInvoice,
  snapshot: InvoiceSnapshot,
  today: CalendarDay,
): InvoiceChange | null {
  if (current.state === 'deleted') return null;
  if (snapshot.deleted) return transition(current, deletedInvoice(current));
  const syncToken = Number(snapshot.invoice.syncToken);
  if (current.syncToken !== null && syncToken < current.syncToken) return null;
  const next = updatedInvoice(current, snapshot.invoice, syncToken, today);
  return sameInvoice(current, next) ? null : transition(current, next);
}

function deletedInvoice(current: LinkedInvoice): LinkedInvoice {
  return { ...current, status: 'Unknown', state: 'deleted', balanceCents: 0, paidCents: 0 };
}

function updatedInvoice(
  current: LinkedInvoice,
  invoice: QboInvoice,
  syncToken: number,
  today: CalendarDay,
): LinkedInvoice {
  const facts = {
    totalCents: invoice.totalCents,
    balanceCents: invoice.balanceCents,
    dueOn: invoice.dueDate,
    privateNote: invoice.privateNote,
  };
  return {
    ...current,
    number: invoice.docNumber ?? current.number,
    syncToken,
    status: qboStatusOf(facts),
    state: qboStateOf(facts, today, current.state === 'voided' ? 1 : current.totalCents),
    totalCents: invoice.totalCents,
    balanceCents: invoice.balanceCents,
    paidCents: paidCentsOf(facts),
    dueOn: invoice.dueDate,
  };
}

function transition(current: LinkedInvoice, next: LinkedInvoice): InvoiceChange {
  const event = eventOf(current, next);
  return {
    next: event ? { ...next, transitionCount: current.transitionCount + 1 } : next,
    event,
    arrivedCents: Math.max((next.paidCents ?? 0) - (current.paidCents ?? 0), 0),
  };
}

function eventOf(current: LinkedInvoice, next: LinkedInvoice): TransitionEvent | null {
  if (next.state === 'deleted') return 'invoice_deleted';
  if (next.state === 'voided') return current.state === 'voided' ? null : 'invoice_voided';
  if (next.status === 'Paid') return current.status === 'Paid' ? null : 'invoice_paid';
  if (current.status === 'Paid' && next.status === 'Open') return 'invoice_reopened';
  const paidMore = (next.paidCents ?? 0) > (current.paidCents ?? 0);
  return paidMore && next.status === 'Open' ? 'invoice_partially_paid' : null;
}

function sameInvoice(one: LinkedInvoice, other: LinkedInvoice): boolean {
  return (Object.keys(one) as (keyof LinkedInvoice)[]).every((key) => one[key] === other[key]);
}
