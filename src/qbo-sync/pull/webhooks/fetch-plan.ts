import { after } from '../../../platform/time/after.js';

/** An event that waits for what it leads to being read. */
export interface PendingEvent {
  eventId: string;
  realmId: string;
  /** `invoice`, `payment` or `creditmemo`; others are never pending. */
  entity: string;
  entityId: string;
  operation: string;
  receivedAt: Date;
  /** Failures since QuickBooks last answered. */
  attempts: number;
}

/** What many events come to when each thing is asked for once. */
export interface FetchPlan {
  /** Payments that are still there, and name their invoices themselves. */
  paymentIds: string[];
  deletedPaymentIds: string[];
  /** Those of either that are not new: they may have been on other invoices before. */
  olderPaymentIds: string[];
  invoiceIds: string[];
  /** Those of the invoices that are said to be deleted. */
  deletedIds: string[];
  creditMemoIds: string[];
}

/** What is known by the time events are judged. */
export interface KnownEntities {
  /** Ids of invoices that are linked to a proposal. */
  linkedIds: ReadonlySet<string>;
  /** Ids of credit memos that are of change orders. */
  ownMemoIds: ReadonlySet<string>;
  /** What each payment pays or paid before; empty after a poll, which has applied everything. */
  paidBy: ReadonlyMap<string, readonly string[]>;
  /** An invoice of ours is on its way to QuickBooks: its link may come after news of it. */
  isInvoiceBeingMade: boolean;
}

/** Events by what becomes of them. */
export interface Dispositions {
  done: string[];
  ignored: string[];
  held: string[];
}

/** So long news of an unknown invoice waits for the link of one that is being made. */
const HELD_MAX_MS = 600_000;
const LOOK_AGAIN_MIN_MS = 500;
const LOOK_AGAIN_MAX_MS = 120_000;

/** What has to be asked for so many events, each thing once. Pure. */
export function fetchPlanOf(events: readonly PendingEvent[]): FetchPlan {
  const idsOf = (entity: string, suits: (operation: string) => boolean = () => true): string[] => [
    ...new Set(
      events
        .filter((event) => event.entity === entity && suits(event.operation))
        .map((event) => event.entityId),
    ),
  ];
  const deletedPaymentIds = idsOf('payment', isDeletion);
  return {
    paymentIds: idsOf('payment').filter((id) => !deletedPaymentIds.includes(id)),
    deletedPaymentIds,
    olderPaymentIds: idsOf('payment', (operation) => operation !== 'created'),
    invoiceIds: idsOf('invoice'),
    deletedIds: idsOf('invoice', isDeletion),
    creditMemoIds: idsOf('creditmemo'),
  };
}

function isDeletion(operation: string): boolean {
  return operation === 'deleted';
}

/** What becomes of events once everything they lead to is read. Pure and total. */
export function dispositionsOf(
  events: readonly PendingEvent[],
  known: KnownEntities,
  now: Date,
): Dispositions {
  const dispositions: Dispositions = { done: [], ignored: [], held: [] };
  for (const event of events) dispositions[dispositionOf(event, known, now)].push(event.eventId);
  return dispositions;
}

function dispositionOf(
  { entity, entityId, receivedAt }: PendingEvent,
  { linkedIds, ownMemoIds, paidBy, isInvoiceBeingMade }: KnownEntities,
  now: Date,
): keyof Dispositions {
  if (entity === 'creditmemo') return ownMemoIds.has(entityId) ? 'done' : 'ignored';
  const invoiceIds = entity === 'invoice' ? [entityId] : paidBy.get(entityId);
  if (invoiceIds === undefined) return 'done';
  const isYoung = now.getTime() - receivedAt.getTime() < HELD_MAX_MS;
  const hasUnknown = invoiceIds.some((id) => !linkedIds.has(id));
  if (hasUnknown && isInvoiceBeingMade && isYoung) return 'held';
  return invoiceIds.some((id) => linkedIds.has(id)) ? 'done' : 'ignored';
}

/** When events that are held are looked at again: soon at first, then ever later, by the age of the youngest. Pure. */
export function lookAgainAt(held: readonly Pick<PendingEvent, 'receivedAt'>[], now: Date): Date {
  const ageMs = now.getTime() - Math.max(...held.map((event) => event.receivedAt.getTime()));
  return after(now, Math.min(Math.max(ageMs, LOOK_AGAIN_MIN_MS), LOOK_AGAIN_MAX_MS));
}
