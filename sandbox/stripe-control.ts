import { controlRequest } from './control-request.ts';
import type { PlannedFault } from './http/fault-plan.ts';
import type { Payout } from './stripe/balance-objects.ts';
import type { BankFeedLine } from './stripe/payouts.ts';
import type { Dispute, Refund, Session, StripeEvent } from './stripe/objects.ts';

/** A charge, or a payment intent whose latest charge is meant. */
type OfCharge = { payment_intent: string } | { charge: string };

export interface StripeSettings {
  webhook_url?: string | null;
  webhook_secret?: string;
  speed_up?: number;
  drop?: number;
  duplicate?: number;
  seed?: number;
  /** Of events and answers, such as `2026-09-30.endive`. */
  api_version?: string;
  /** Event types the endpoint is subscribed to; `charge.dispute.*` and `*` are understood. */
  enabled_events?: readonly string[];
  /** Whether a charge whose money a dispute withdrew can be refunded; `refuse` by default, as at Stripe. */
  refunds_of_disputed_charges?: 'refuse' | 'allow';
}

/**
 * Acts as Stripe's customers, banks and network in a test: one method for each route below `/sandbox/stripe`.
 */
export class StripeControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  configure(settings: StripeSettings): Promise<StripeSettings> {
    return controlRequest(this.#url, 'PUT', '/stripe', settings);
  }

  /** Presses a button of the hosted page: `card` pays, `decline` fails, `bank` pays some days later. */
  pay(session: string, how: 'card' | 'decline' | 'bank' = 'card'): Promise<Session> {
    return this.#act('pay', { session, how });
  }

  /** The money of a bank payment arrives, or does not. */
  settle(session: string, outcome: 'succeeded' | 'failed' = 'succeeded'): Promise<Session> {
    return this.#act('settle', { session, outcome });
  }

  expire(session: string): Promise<Session> {
    return this.#act('expire', { session });
  }

  /** From the dashboard; all that is left without `amount` (minor units). `pending` as with bank payments. */
  refund(
    of: OfCharge & {
      amount?: number;
      reason?: string;
      status?: 'succeeded' | 'pending' | 'requires_action';
    },
  ): Promise<Refund> {
    return this.#act('refund', of);
  }

  /** What becomes of a refund afterwards; `failed` is possible after it had succeeded. */
  updateRefund(
    refund: string,
    status: 'succeeded' | 'failed' | 'canceled',
    failureReason?: string,
  ): Promise<Refund> {
    return this.#act('update-refund', { refund, status, failure_reason: failureReason });
  }

  /** `warning_needs_response` is an inquiry, which withdraws nothing. */
  dispute(
    of: OfCharge & {
      amount?: number;
      reason?: string;
      status?: 'needs_response' | 'warning_needs_response';
    },
  ): Promise<Dispute> {
    return this.#act('dispute', of);
  }

  updateDispute(
    dispute: string,
    status: 'needs_response' | 'under_review' | 'warning_needs_response' | 'warning_under_review',
  ): Promise<Dispute> {
    return this.#act('update-dispute', { dispute, status });
  }

  closeDispute(dispute: string, status: 'won' | 'lost' | 'warning_closed'): Promise<Dispute> {
    return this.#act('close-dispute', { dispute, status });
  }

  /** A lost dispute is decided again, and won. */
  overturnDispute(dispute: string): Promise<Dispute> {
    return this.#act('overturn-dispute', { dispute });
  }

  /** Fees, exchange rates and settlement currencies of the account. */
  configureBalance(settings: {
    card_percent?: number;
    card_fixed?: number;
    bank_percent?: number;
    bank_maximum?: number;
    dispute_fee?: number;
    returns_dispute_fee?: boolean;
    settlement_currencies?: readonly string[];
    exchange_rates?: Record<string, number>;
  }): Promise<object> {
    return controlRequest(this.#url, 'PUT', '/stripe/balance', settings);
  }

  /** Pays out what is available (and with `include_pending` what is not yet), or an amount by hand. */
  payout(
    payout: {
      kind?: 'automatic' | 'manual' | 'instant';
      currency?: string;
      amount?: number;
      include_pending?: boolean;
    } = {},
  ): Promise<Payout> {
    return this.#act('payout', payout);
  }

  /** `failed` is possible after `paid`: the money comes back. */
  updatePayout(payout: string, status: 'paid' | 'failed' | 'canceled'): Promise<Payout> {
    return this.#act('update-payout', { payout, status });
  }

  /** What the bank statement shows of payouts. */
  bankFeed(): Promise<BankFeedLine[]> {
    return controlRequest(this.#url, 'GET', '/stripe/bank-feed');
  }

  /** `operation` is `refunds.create`, `checkout.sessions.*`, `disputes.list`, … or `*` (the default). */
  planFault(
    fault: PlannedFault & { kind: '500' | '429' | 'timeout' | 'reset' | 'slow' },
  ): Promise<{ id: string }> {
    return this.#act('faults', fault);
  }

  clearFaults(): Promise<object> {
    return controlRequest(this.#url, 'DELETE', '/stripe/faults');
  }

  /** Every event the endpoint is subscribed to, oldest first, and every delivery with its attempts. */
  events(): Promise<{ events: StripeEvent[]; deliveries: object[] }> {
    return controlRequest(this.#url, 'GET', '/stripe/events');
  }

  redeliver(which: { event_id: string; times?: number } | { last: number; times?: number }): Promise<object> {
    return this.#act('redeliver', which);
  }

  pause(): Promise<object> {
    return this.#act('pause');
  }

  resume(): Promise<object> {
    return this.#act('resume');
  }

  flush(order: 'as_happened' | 'reversed' | 'shuffled' = 'as_happened'): Promise<object> {
    return this.#act('flush', { order });
  }

  #act<T>(action: string, body: object = {}): Promise<T> {
    return controlRequest(this.#url, 'POST', `/stripe/${action}`, body);
  }
}
