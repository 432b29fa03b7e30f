import { centsFromStripe } from '../stripe-amount.js';

/** What a Stripe event says, as far as it concerns us. Amounts are hundredths of the currency unit. */
export type StripeFact = SessionFact | RefundFact | DisputeFact | { kind: 'none'; reason: string };

export interface SessionFact {
  kind: 'session';
  /** `paid`: the money is ours. `pending`: the customer is through, the bank is not. */
  outcome: 'paid' | 'pending' | 'failed' | 'expired';
  sessionId: string;
  paymentIntentId: string | null;
  /** Null where the event leaves it out. */
  amountCents: number | null;
  /** ISO 4217, upper case; null where the event leaves it out. */
  currency: string | null;
  at: Date;
}

export interface RefundFact {
  kind: 'refund';
  chargeId: string;
  paymentIntentId: string | null;
  /** All that was given back of the charge so far. */
  refundedCents: number;
  at: Date;
}

export interface DisputeFact {
  kind: 'dispute';
  closed: boolean;
  disputeId: string;
  chargeId: string | null;
  paymentIntentId: string | null;
  amountCents: number;
  currency: string;
  /** In Stripe's words. */
  status: string;
  reason: string;
  at: Date;
}

/** An event of a kind we know without what it must say. Names the field. */
export class UnreadableEvent extends Error {
  constructor(field: string) {
    super(`The event has no usable ${field}.`);
    this.name = 'UnreadableEvent';
  }
}

/** Reads a stored event. Pure; throws UnreadableEvent. An event without a time of its own happened when it was received. */
export function factOf(event: unknown, receivedAt: Date): StripeFact {
  const type = text(event, 'type', 'type');
  const reader = READERS[type];
  if (!reader) return { kind: 'none', reason: `Events of type ${type} have no effect here.` };
  const created = at(event, 'created');
  const happenedAt = typeof created === 'number' ? new Date(created * 1000) : receivedAt;
  return reader(at(at(event, 'data'), 'object'), happenedAt);
}

type Reader = (object: unknown, happenedAt: Date) => StripeFact;

const READERS: Readonly<Record<string, Reader>> = Object.assign(Object.create(null) as object, {
  'checkout.session.completed': completed,
  'checkout.session.async_payment_succeeded': (object, happenedAt) => session(object, 'paid', happenedAt),
  'checkout.session.async_payment_failed': (object, happenedAt) => session(object, 'failed', happenedAt),
  'checkout.session.expired': (object, happenedAt) => session(object, 'expired', happenedAt),
  'charge.refunded': refund,
  'charge.dispute.created': (object, happenedAt) => dispute(object, false, happenedAt),
  'charge.dispute.closed': (object, happenedAt) => dispute(object, true, happenedAt),
} satisfies Record<string, Reader>);

function completed(object: unknown, happenedAt: Date): StripeFact {
  const paymentStatus = text(object, 'payment_status', 'data.object.payment_status');
  if (paymentStatus === 'paid') return session(object, 'paid', happenedAt);
  if (paymentStatus === 'unpaid') return session(object, 'pending', happenedAt);
  return { kind: 'none', reason: `A session with payment_status ${paymentStatus} brings no money.` };
}

function session(object: unknown, outcome: SessionFact['outcome'], happenedAt: Date): SessionFact {
  const currency = optionalText(object, 'currency')?.toUpperCase() ?? null;
  const amount = at(object, 'amount_total');
  return {
    kind: 'session',
    outcome,
    sessionId: text(object, 'id', 'data.object.id'),
    paymentIntentId: idAt(object, 'payment_intent'),
    amountCents:
      amount == null || currency === null ? null : cents(amount, currency, 'data.object.amount_total'),
    currency,
    at: happenedAt,
  };
}

function refund(object: unknown, happenedAt: Date): RefundFact {
  const currency = text(object, 'currency', 'data.object.currency').toUpperCase();
  return {
    kind: 'refund',
    chargeId: text(object, 'id', 'data.object.id'),
    paymentIntentId: idAt(object, 'payment_intent'),
    refundedCents: cents(at(object, 'amount_refunded'), currency, 'data.object.amount_refunded'),
    at: happenedAt,
  };
}

function dispute(object: unknown, closed: boolean, happenedAt: Date): DisputeFact {
  const currency = text(object, 'currency', 'data.object.currency').toUpperCase();
  return {
    kind: 'dispute',
    closed,
    disputeId: text(object, 'id', 'data.object.id'),
    chargeId: idAt(object, 'charge'),
    paymentIntentId: idAt(object, 'payment_intent'),
    amountCents: cents(at(object, 'amount'), currency, 'data.object.amount'),
    currency,
    status: text(object, 'status', 'data.object.status'),
    reason: optionalText(object, 'reason') ?? 'unknown',
    at: happenedAt,
  };
}

function at(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function optionalText(value: unknown, field: string): string | null {
  const found = at(value, field);
  return typeof found === 'string' && found !== '' ? found : null;
}

function text(value: unknown, field: string, path: string): string {
  const found = optionalText(value, field);
  if (found === null) throw new UnreadableEvent(path);
  return found;
}

/** An id, or the object it stands for where Stripe was asked to expand it. */
function idAt(value: unknown, field: string): string | null {
  return optionalText(value, field) ?? optionalText(at(value, field), 'id');
}

function cents(amount: unknown, currency: string, path: string): number {
  if (!Number.isSafeInteger(amount) || (amount as number) < 0) throw new UnreadableEvent(path);
  return centsFromStripe(amount as number, currency);
}
