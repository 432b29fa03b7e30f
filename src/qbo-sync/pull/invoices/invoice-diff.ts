import { isLive } from '../../../invoices/invoice-state.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { editsBetween, type InvoiceEdit } from './monitors/edits/external-edits.js';
import { qboStateOf, qboStatusOf, settledCentsOf } from './invoice-status.js';
import type { InvoiceSnapshot, InvoiceRecord } from './invoice-record.js';
import { settledBy, type SettlementFacts } from './payments/paid-facts.js';
import type { SettledBy } from './payments/settled-by.js';

export type { InvoiceSnapshot, InvoiceRecord } from './invoice-record.js';

export type TransitionEvent =
  | 'invoice_paid'
  /** It was paid, and is not any more. */
  | 'invoice_reopened'
  | 'invoice_partially_paid'
  | 'invoice_voided'
  | 'invoice_deleted';

export interface InvoiceChange {
  next: InvoiceRecord;
  /** The event to log, where this change is one. */
  event: TransitionEvent | null;
  /** How much less is left to pay, by cash or credit, in cents; never negative. */
  settledMoreCents: number;
  /** Another sum is left to pay than was before. */
  isOpenOtherwise: boolean;
  /** How a paid invoice was settled; null where that is not known yet. */
  settledBy: SettledBy | null;
  /** What was edited in QuickBooks. */
  edits: InvoiceEdit[];
  /** It stands and did not before, where another may stand in its place: made anew, or its void was undone. */
  hasCome: boolean;
  /** It was linked by hand, and is read for the first time since. */
  isNewLink: boolean;
  /** Its number is another than the one it had. */
  renumbered: { from: string } | null;
}

/**
 * True for news that must change nothing: deleted is final for its id, and an older version never replaces a newer
 * one.
 */
export function isOutdated(
  stored: Pick<InvoiceRecord, 'state' | 'syncToken'>,
  snapshot: InvoiceSnapshot | null,
): boolean {
  if (stored.state === 'deleted') return true;
  if (snapshot === null || snapshot.deleted || stored.syncToken === null) return false;
  return Number(snapshot.invoice.syncToken) < stored.syncToken;
}

/**
 * What a snapshot and the payments behind it change, or null where they tell nothing new. Versions are compared by
 * SyncToken, never by the order in which answers arrive. Without a snapshot only the payments were read.
 */
export function diffInvoice(
  current: InvoiceRecord,
  snapshot: InvoiceSnapshot | null,
  today: CalendarDay,
  paid: SettlementFacts,
): InvoiceChange | null {
  if (isOutdated(current, snapshot)) return null;
  const next = nextOf(current, snapshot, today, paid);
  if (sameInvoice(current, next)) return null;
  const event = eventOf(current, next);
  return {
    next: event ? { ...next, transitionCount: current.transitionCount + 1 } : next,
    event,
    settledMoreCents: Math.max(settledOf(next) - settledOf(current), 0),
    isOpenOtherwise: current.balanceCents !== null && current.balanceCents !== next.balanceCents,
    settledBy: next.status === 'Paid' ? settledBy(paid) : null,
    edits: editsBetween(current, next),
    isNewLink: current.syncToken === null && current.originalCents === null,
    hasCome: isLive(next) && (current.state === null ? current.generation > 1 : !isLive(current)),
    renumbered: current.number === null || current.number === next.number ? null : { from: current.number },
  };
}

function nextOf(
  current: InvoiceRecord,
  snapshot: InvoiceSnapshot | null,
  today: CalendarDay,
  paid: SettlementFacts,
): InvoiceRecord {
  if (snapshot?.deleted) return deletedInvoice(current);
  return withPayments(snapshot ? updatedInvoice(current, snapshot.invoice, today, paid) : current, paid);
}

function deletedInvoice(current: InvoiceRecord): InvoiceRecord {
  return {
    ...current,
    status: 'Unknown',
    state: 'deleted',
    balanceCents: 0,
    paidCents: 0,
    paidOn: null,
    paymentsIncomplete: false,
  };
}

function updatedInvoice(
  current: InvoiceRecord,
  invoice: QboInvoice,
  today: CalendarDay,
  paid: SettlementFacts,
): InvoiceRecord {
  const { totalCents, balanceCents, dueDate, txnDate, customerId, privateNote } = invoice;
  const facts = { totalCents, balanceCents, dueOn: dueDate, privateNote };
  const previousTotalCents = current.state === 'voided' ? 1 : current.totalCents;
  const state = qboStateOf(facts, today, previousTotalCents, settledBy(paid));
  return {
    ...current,
    number: invoice.docNumber ?? current.number,
    syncToken: Number(invoice.syncToken),
    status: qboStatusOf(facts),
    state,
    totalCents,
    balanceCents,
    dueOn: dueDate,
    customerRef: customerId,
    txnDate: txnDate,
    originalCents: current.originalCents ?? (state === 'voided' ? null : totalCents),
    originalCustomerRef: current.originalCustomerRef ?? customerId,
    originalTxnDate: current.originalTxnDate ?? txnDate,
  };
}

/**
 * The same invoice with what its payments come to. While one of them is unknown, what was stored before stands, as
 * far as it is settled; status and balance never wait for a payment.
 */
function withPayments(invoice: InvoiceRecord, paid: SettlementFacts): InvoiceRecord {
  const knownCents = Math.min(Math.max(paid.cashCents, invoice.paidCents ?? 0), settledOf(invoice));
  const isPaid = invoice.status === 'Paid';
  const settled = isPaid ? settledBy(paid) : null;
  return {
    ...invoice,
    state: settled === null ? invoice.state : settled === 'credit' ? 'settled_by_credit' : 'paid',
    paidCents: paid.complete ? paid.cashCents : knownCents,
    paidOn: isPaid ? paid.cashOn : null,
    paymentsIncomplete: !paid.complete,
  };
}

/** An invoice that a credit alone settles was not paid: neither that nor its end is a transition. */
function eventOf(current: InvoiceRecord, next: InvoiceRecord): TransitionEvent | null {
  if (next.state === 'deleted') return 'invoice_deleted';
  if (next.state === 'voided') return current.state === 'voided' ? null : 'invoice_voided';
  if (next.status === 'Paid') return hasBeenPaid(next) && !hasBeenPaid(current) ? 'invoice_paid' : null;
  if (hasBeenPaid(current) && next.status === 'Open') return 'invoice_reopened';
  return settledOf(next) > settledOf(current) && next.status === 'Open' ? 'invoice_partially_paid' : null;
}

function hasBeenPaid({ status, state }: InvoiceRecord): boolean {
  return status === 'Paid' && state !== 'settled_by_credit';
}

function settledOf({ totalCents, balanceCents }: InvoiceRecord): number {
  return settledCentsOf({ totalCents: totalCents ?? 0, balanceCents: balanceCents ?? 0 });
}

function sameInvoice(one: InvoiceRecord, other: InvoiceRecord): boolean {
  return (Object.keys(one) as (keyof InvoiceRecord)[]).every((key) => one[key] === other[key]);
}
