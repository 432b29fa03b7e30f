import type { DisputeUpdate } from '../ledger/disputes/dispute-recorder.service.js';
import type { ChargeRefundUpdate, RefundUpdate } from '../ledger/refunds/refund-recorder.service.js';
import { refundStateOf } from '../ledger/refunds/refund-state.js';
import { NotMoneyError, sumCents } from '../../platform/money/cents.js';
import { centsFromStripe } from '../stripe-amount.js';

/** The key in a refund's metadata at Stripe under which it was asked for here. */
export const REFUND_KEY = 'crm_refund';

/** The end of the year 9999, as Stripe tells the time. */
const SECONDS_MAX = 253_402_300_800;

/** What a Stripe event says, as far as it concerns us. Amounts are hundredths of the currency unit. */
export type StripeFact =
  | SessionFact
  | RefundFact
  | ChargeRefundFact
  | DisputeFact
  /** It does not concern us. */
  | { kind: 'none'; reason: string };

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

export interface RefundFact extends RefundUpdate {
  kind: 'refund';
  chargeId: string | null;
  paymentIntentId: string | null;
}

export interface ChargeRefundFact extends ChargeRefundUpdate {
  kind: 'charge_refund';
  chargeId: string;
  paymentIntentId: string | null;
}

export interface DisputeFact extends DisputeUpdate {
  kind: 'dispute';
  chargeId: string | null;
  paymentIntentId: string | null;
}

/** An event of a kind we know without what it must say. Names the field. */
export class UnreadableEvent extends Error {
  constructor(field: string) {
    super(`The event has no usable ${field}.`);
    this.name = 'UnreadableEvent';
  }
}

/**
 * Reads a stored event. Pure; throws UnreadableEvent. An event without a time of its own happened when it was
 * received.
 */
export function factOf(event: unknown, receivedAt: Date): StripeFact {
  const type = text(event, 'type', 'type');
  const reader = READERS[type];
  if (!reader) return { kind: 'none', reason: `Events of type ${type} have no effect here.` };
  const happenedAt = instantAt(event, 'created') ?? receivedAt;
  return reader(at(at(event, 'data'), 'object'), happenedAt);
}

type Reader = (object: unknown, happenedAt: Date) => StripeFact;

const READERS: Readonly<Record<string, Reader>> = Object.assign(Object.create(null) as object, {
  'checkout.session.completed': completed,
  'checkout.session.async_payment_succeeded': (object, happenedAt) => session(object, 'paid', happenedAt),
  'checkout.session.async_payment_failed': (object, happenedAt) => session(object, 'failed', happenedAt),
  'checkout.session.expired': (object, happenedAt) => session(object, 'expired', happenedAt),
  'refund.created': refundFactOf,
  'refund.updated': refundFactOf,
  'refund.failed': refundFactOf,
  'charge.refund.updated': refundFactOf,
  'charge.refunded': chargeRefund,
  'charge.dispute.created': dispute,
  'charge.dispute.updated': dispute,
  'charge.dispute.closed': dispute,
  'charge.dispute.funds_withdrawn': dispute,
  'charge.dispute.funds_reinstated': (object, happenedAt) => dispute(object, happenedAt, true),
} satisfies Record<string, Reader>);

/** The events of Stripe that have an effect here: the endpoint at Stripe has to send these. */
export const HEARD_EVENTS: readonly string[] = Object.keys(READERS);

function completed(object: unknown, happenedAt: Date): StripeFact {
  const paymentStatus = text(object, 'payment_status', 'data.object.payment_status');
  if (paymentStatus === 'paid') return session(object, 'paid', happenedAt);
  if (paymentStatus === 'unpaid') return session(object, 'pending', happenedAt);
  return { kind: 'none', reason: `A session with payment_status ${paymentStatus} brings no money.` };
}

function session(object: unknown, outcome: SessionFact['outcome'], happenedAt: Date): SessionFact {
  const currency = optionalText(object, 'currency') === null ? null : currencyAt(object);
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

/** What Stripe says of a refund, in an event or in an answer. Throws UnreadableEvent. */
export function refundFactOf(object: unknown, happenedAt: Date): RefundFact {
  const currency = currencyAt(object);
  return {
    kind: 'refund',
    refundId: text(object, 'id', 'data.object.id'),
    requestKey: optionalText(at(object, 'metadata'), REFUND_KEY),
    chargeId: idAt(object, 'charge'),
    paymentIntentId: idAt(object, 'payment_intent'),
    amountCents: positive(cents(at(object, 'amount'), currency, 'data.object.amount'), 'data.object.amount'),
    state: refundStateOf(optionalText(object, 'status')),
    reason: optionalText(object, 'reason'),
    failureReason: optionalText(object, 'failure_reason'),
    madeAt: instantAt(object, 'created') ?? happenedAt,
    at: happenedAt,
  };
}

/** Whether a refund that cannot be read may be the one that was asked for under this key. */
export function mayBeRefundOf(requestKey: string, object: unknown): boolean {
  const metadata = at(object, 'metadata');
  if (typeof metadata !== 'object' || metadata === null) return true;
  const key = at(metadata, REFUND_KEY);
  return key === requestKey || (key !== undefined && typeof key !== 'string');
}

function chargeRefund(object: unknown, happenedAt: Date): ChargeRefundFact {
  const currency = currencyAt(object);
  return {
    kind: 'charge_refund',
    chargeId: text(object, 'id', 'data.object.id'),
    paymentIntentId: idAt(object, 'payment_intent'),
    refundedCents: cents(at(object, 'amount_refunded'), currency, 'data.object.amount_refunded'),
    at: happenedAt,
  };
}

function dispute(object: unknown, happenedAt: Date, fundsReinstated = false): DisputeFact {
  const currency = currencyAt(object);
  const details = at(object, 'evidence_details');
  return {
    kind: 'dispute',
    disputeId: text(object, 'id', 'data.object.id'),
    chargeId: idAt(object, 'charge'),
    paymentIntentId: idAt(object, 'payment_intent'),
    amountCents: positive(cents(at(object, 'amount'), currency, 'data.object.amount'), 'data.object.amount'),
    currency,
    withdrawn: withdrawnIn(at(object, 'balance_transactions')),
    stripeStatus: text(object, 'status', 'data.object.status'),
    fundsReinstated,
    reason: optionalText(object, 'reason') ?? 'unknown',
    respondBy: instantAt(details, 'due_by'),
    // Stripe's word for a bank that takes no answer.
    takesAnswer: at(details, 'due_by') !== 0,
    at: happenedAt,
  };
}

/** What left the account: the movements to it are what came back. Null where they are not told, or not usable. */
function withdrawnIn(movements: unknown): DisputeFact['withdrawn'] {
  if (!Array.isArray(movements)) return null;
  const withdrawn = movements.flatMap((movement: unknown) => {
    const amount = at(movement, 'amount');
    if (!Number.isSafeInteger(amount) || (amount as number) >= 0) return [];
    const currency = currencyAt(movement);
    return [{ cents: cents(-(amount as number), currency, 'balance_transactions'), currency }];
  });
  const currency = withdrawn[0]?.currency;
  if (currency === undefined || withdrawn.some((one) => one.currency !== currency)) return null;
  const amounts = withdrawn.map((one) => one.cents);
  return { cents: readable('balance_transactions', () => sumCents(amounts)), currency };
}

/** ISO 4217, upper case. */
function currencyAt(object: unknown): string {
  const code = text(object, 'currency', 'data.object.currency').toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) throw new UnreadableEvent('data.object.currency');
  return code;
}

/** Null where there is none, or one that no calendar of ours has. */
function instantAt(object: unknown, field: string): Date | null {
  const seconds = at(object, field);
  const isInstant = typeof seconds === 'number' && seconds > 0 && seconds < SECONDS_MAX;
  return isInstant ? new Date(seconds * 1000) : null;
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

function positive(amountCents: number, path: string): number {
  if (amountCents <= 0) throw new UnreadableEvent(path);
  return amountCents;
}

function cents(amount: unknown, currency: string, path: string): number {
  if (!Number.isSafeInteger(amount) || (amount as number) < 0) throw new UnreadableEvent(path);
  return readable(path, () => centsFromStripe(amount as number, currency));
}

/** The cents that are worked out; unreadable where they are more than can be counted. */
function readable(path: string, work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (error instanceof NotMoneyError) throw new UnreadableEvent(path);
    throw error;
  }
}
