import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Config } from '../../platform/config/config.js';
import { correlation } from '../../platform/correlation/correlation.js';
import { beginSpan } from '../../platform/tracing/tracing.js';
import { DAY_MS } from '../../platform/time/after.js';
import { type StripeFee, stripeFeeOf, type StripeSettlement, stripeSettlementOf } from '../stripe-fee.js';
import { type StripeMode, stripeModeOf } from '../stripe-mode.js';
import type { CheckoutRequest } from './checkout-request.js';
import type { OpenedAtStripe } from './sessions/checkout-sessions.repository.js';
import { isUnknownAtStripe, stripeErrorOf, stripeRefusal } from './stripe-errors.js';

const TIMEOUT_MS = 8_000;
const RETRIES_MAX = 1;
const LOOK_MS = 3_000;
/** Stripe lists events of the last 30 days. */
export const EVENTS_LISTED_MS = 30 * DAY_MS;
/** As many as Stripe lists at once. */
const PAGE_ROWS = 100;

/** The body of `POST /v1/refunds`. */
export interface RefundRequest {
  payment_intent: string;
  amount: number;
  reason: 'requested_by_customer';
  metadata: Record<string, string>;
}

/** A payment page at Stripe: the connected account it was opened in, or null for that of the key. */
export interface PageAtStripe {
  readonly stripeSessionId: string;
  readonly stripeAccountId: string | null;
}

/** A payment at Stripe, and whose: as of a page. */
export interface PaymentAtStripe {
  readonly paymentIntentId: string;
  readonly stripeAccountId: string | null;
}

/** An account that is connected to that of the key. */
export interface ConnectedAccount {
  readonly id: string;
  /** As Stripe shows it: of the business, else its address; null where it has neither. */
  readonly name: string | null;
  /** Customers can pay into it. */
  readonly canCharge: boolean;
}

/**
 * Stripe's API through its own SDK. What is in a connected account is asked of that account, in the name of the key's.
 * Throws VendorError, never the SDK's; `uncertain` says: ask again under the same
 * key.
 */
@Injectable()
export class StripeClient {
  private readonly stripe: Stripe | null;
  /** Of the key; null where there is none, or it does not say. */
  readonly mode: StripeMode | null;

  constructor({ stripe: { secretKey, apiBaseUrl } }: Config) {
    this.stripe = secretKey
      ? new Stripe(secretKey, {
          ...(apiBaseUrl === undefined ? {} : hostOf(apiBaseUrl)),
          timeout: TIMEOUT_MS,
          maxNetworkRetries: RETRIES_MAX,
          telemetry: false,
        })
      : null;
    this.mode = secretKey ? stripeModeOf(secretKey) : null;
  }

  /** False in dev mode: there is no key, and nobody to ask. */
  get isConfigured(): boolean {
    return this.stripe !== null;
  }

  /** True of a session that the key can be asked about: it may have been opened under one of the other mode. */
  knows(stripeSessionId: string): boolean {
    const mode = stripeModeOf(stripeSessionId);
    return mode === null || this.mode === null || mode === this.mode;
  }

  /** Opens a Checkout session in this account. The same key with the same request is the same session, for a day. */
  async openSession(
    request: CheckoutRequest,
    idempotencyKey: string,
    stripeAccountId: string | null,
  ): Promise<OpenedAtStripe> {
    const session = await this.ask('session.create', stripeAccountId, (stripe, account) =>
      stripe.checkout.sessions.create(request, { ...account, idempotencyKey }),
    );
    if (!session.url) {
      throw stripeRefusal('stripe_session_closed', 502, 'Stripe opened a session without a page.', false);
    }
    const expiresAt = session.expires_at ? new Date(session.expires_at * 1000) : null;
    return { stripeSessionId: session.id, url: session.url, expiresAt };
  }

  /** Ends an open session. `over`: there is nothing to end any more. `unknown`: it is none that the key can act for. */
  async expireSession({
    stripeSessionId,
    stripeAccountId,
  }: PageAtStripe): Promise<'ended' | 'over' | 'unknown'> {
    return this.ask('session.expire', stripeAccountId, (stripe, account) =>
      stripe.checkout.sessions.expire(stripeSessionId, {}, account).then(
        () => 'ended' as const,
        (error: unknown) => {
          if (isUnknownAtStripe(error)) return 'unknown';
          if (error instanceof Stripe.errors.StripeInvalidRequestError) return 'over';
          throw error;
        },
      ),
    );
  }

  /** False of a session that is none that the key can act for. Asked once, and not for long: somebody waits for it. */
  async hasSession({ stripeSessionId, stripeAccountId }: PageAtStripe): Promise<boolean> {
    return this.ask('session.retrieve', stripeAccountId, (stripe, account) =>
      stripe.checkout.sessions
        .retrieve(stripeSessionId, {}, { ...account, timeout: LOOK_MS, maxNetworkRetries: 0 })
        .then(
          () => true,
          (error: unknown) => {
            if (isUnknownAtStripe(error)) return false;
            throw error;
          },
        ),
    );
  }

  /** Refunds a part of a payment. The same key with the same request is the same refund, for a day. */
  async refund(
    request: RefundRequest,
    idempotencyKey: string,
    stripeAccountId: string | null,
  ): Promise<unknown> {
    return this.ask('refund.create', stripeAccountId, (stripe, account) =>
      stripe.refunds.create(request, { ...account, idempotencyKey }),
    );
  }

  /** All refunds of a payment, newest first. */
  async listRefunds({ paymentIntentId, stripeAccountId }: PaymentAtStripe): Promise<unknown[]> {
    const refunds: unknown[] = [];
    const list = (after?: string) =>
      this.ask('refund.list', stripeAccountId, (stripe, account) =>
        stripe.refunds.list({ payment_intent: paymentIntentId, ...pageAfter(after) }, account),
      );
    for await (const page of pagesOf(list)) refunds.push(...page);
    return refunds;
  }

  /** What Stripe kept of a payment; null where it does not know it yet. */
  async readFee(payment: PaymentAtStripe): Promise<StripeFee | null> {
    return stripeFeeOf(await this.readIntent(payment));
  }

  /** What Stripe credited for a payment; null where it does not know it yet. */
  async readSettlement(payment: PaymentAtStripe): Promise<StripeSettlement | null> {
    return stripeSettlementOf(await this.readIntent(payment));
  }

  private readIntent({ paymentIntentId, stripeAccountId }: PaymentAtStripe): Promise<Stripe.PaymentIntent> {
    const expand = ['latest_charge.balance_transaction'];
    return this.ask('payment_intent.retrieve', stripeAccountId, (stripe, account) =>
      stripe.paymentIntents.retrieve(paymentIntentId, { expand }, account),
    );
  }

  /** A connected account, as Stripe shows it to the key's. */
  async readAccount(stripeAccountId: string): Promise<ConnectedAccount> {
    const { id, business_profile, email, charges_enabled } = await this.ask(
      'account.retrieve',
      stripeAccountId,
      (stripe) => stripe.accounts.retrieve(stripeAccountId),
    );
    return { id, name: business_profile?.name ?? email ?? null, canCharge: charges_enabled };
  }

  /** Events of this account of these types created from `from` to `until`, newest first, in pages of a hundred. */
  async *listEvents(
    stripeAccountId: string | null,
    { from, until }: { from: Date; until: Date },
    types: readonly string[],
  ): AsyncGenerator<Stripe.Event[]> {
    const created = { gte: Math.floor(from.getTime() / 1000), lte: Math.floor(until.getTime() / 1000) };
    yield* pagesOf((after) =>
      this.ask('event.list', stripeAccountId, (stripe, account) =>
        stripe.events.list({ created, types: [...types], ...pageAfter(after) }, account),
      ),
    );
  }

  /** One call about what is in this account, and its span. Throws VendorError. */
  private async ask<T>(
    operation: string,
    stripeAccountId: string | null,
    send: (stripe: Stripe, account: { stripeAccount?: string }) => Promise<T>,
  ): Promise<T> {
    if (!this.stripe) throw new Error('Stripe is asked without a key');
    const span = beginSpan({
      name: `stripe ${operation}`,
      kind: 'client',
      parent: correlation()?.cause.traceparent,
      attributes: { 'peer.service': 'stripe', 'crm.operation': operation },
    });
    try {
      const account = stripeAccountId === null ? {} : { stripeAccount: stripeAccountId };
      const answer = await send(this.stripe, account);
      span?.end();
      return answer;
    } catch (error) {
      const refused = stripeErrorOf(operation, error, stripeAccountId);
      const { code, vendorStatus, vendorRequestId } = refused.facts;
      span?.end({
        attributes: { 'http.response.status_code': vendorStatus, 'stripe.request_id': vendorRequestId },
        error: code,
      });
      throw refused;
    }
  }
}

function pageAfter(after: string | undefined): { limit: number; starting_after?: string } {
  return { limit: PAGE_ROWS, ...(after === undefined ? {} : { starting_after: after }) };
}

/** Pages of a list, each after the last row of the one before that has an id; it ends where that leads no further. */
async function* pagesOf<Row extends { id: string }>(
  list: (after?: string) => Promise<{ data: Row[]; has_more: boolean }>,
): AsyncGenerator<Row[]> {
  for (let after: string | undefined; ;) {
    const page = await list(after);
    yield page.data;
    const last = page.data.findLast((row) => typeof row?.id === 'string')?.id;
    if (!page.has_more || last === undefined || last === after) return;
    after = last;
  }
}

function hostOf(baseUrl: string): { host: string; port?: string; protocol: 'http' | 'https' } {
  const { hostname, port, protocol } = new URL(baseUrl);
  const isPlain = protocol === 'http:';
  return {
    host: hostname,
    protocol: isPlain ? 'http' : 'https',
    port: port || (isPlain ? '80' : '443'),
  };
}
