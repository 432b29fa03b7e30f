import { FaultPlan } from '../http/fault-plan.ts';
import type { World } from '../world.ts';
import type { Charge, Dispute, PaymentIntent, Refund, Session, EmitEvent } from './objects.ts';
import { filledIn, newCharge, newIntent, newSession } from './new-objects.ts';
import type { BalanceTransaction, Payout } from './balance-objects.ts';
import { Balance, type BalanceSettings } from './balance.ts';
import type { CheckoutParams } from './checkout-params.ts';
import { Payouts, type PayoutState } from './payouts.ts';
import { StripeError, invalid, noSuch } from './stripe-error.ts';

/** A Stripe account as JSON. */
export interface StripeState extends PayoutState {
  sessions: Session[];
  params: [session: string, params: CheckoutParams][];
  intents: PaymentIntent[];
  charges: Charge[];
  refunds: Refund[];
  disputes: Dispute[];
  refundsOfDisputedCharges: 'refuse' | 'allow';
  transactions: BalanceTransaction[];
  balance: BalanceSettings;
}

/** The state of a Stripe account: sessions, payment intents, charges, refunds and disputes. No HTTP. */
export class StripeAccount {
  readonly sessions = new Map<string, Session>();
  readonly intents = new Map<string, PaymentIntent>();
  readonly charges = new Map<string, Charge>();
  readonly refunds = new Map<string, Refund>();
  readonly disputes = new Map<string, Dispute>();
  /** Whether a charge whose money a dispute withdrew can be refunded; Stripe refuses it (`charge_disputed`). */
  refundsOfDisputedCharges: 'refuse' | 'allow' = 'refuse';
  /** Failures of the API to come. */
  readonly faults = new FaultPlan();
  readonly balance: Balance;
  readonly payouts: Payouts;
  readonly #checkoutParams = new Map<string, CheckoutParams>();
  readonly #world: World;
  readonly #emit: EmitEvent;

  constructor(world: World, emit: EmitEvent) {
    this.#world = world;
    this.#emit = emit;
    const now = (): number => this.now();
    this.balance = new Balance(now);
    this.payouts = new Payouts(
      this.balance,
      emit,
      now,
      () => world.switches.payoutOwnTransaction === 'present',
    );
  }

  reset(): void {
    this.refundsOfDisputedCharges = 'refuse';
    this.faults.clear();
    this.balance.reset();
    this.payouts.reset();
    for (const known of [
      this.sessions,
      this.intents,
      this.charges,
      this.refunds,
      this.disputes,
      this.#checkoutParams,
    ])
      known.clear();
  }

  save(): StripeState {
    return {
      sessions: [...this.sessions.values()],
      params: [...this.#checkoutParams],
      intents: [...this.intents.values()],
      charges: [...this.charges.values()],
      refunds: [...this.refunds.values()],
      disputes: [...this.disputes.values()],
      refundsOfDisputedCharges: this.refundsOfDisputedCharges,
      transactions: [...this.balance.transactions.values()],
      balance: this.balance.settings,
      ...this.payouts.save(),
    };
  }

  /** Puts what was saved in place of what is there. */
  load(state: StripeState): void {
    this.reset();
    for (const session of state.sessions) this.sessions.set(session.id, session);
    for (const [id, params] of state.params) this.#checkoutParams.set(id, params);
    for (const intent of state.intents) this.intents.set(intent.id, intent);
    for (const charge of state.charges) this.charges.set(charge.id, charge);
    for (const refund of state.refunds) this.refunds.set(refund.id, refund);
    for (const transaction of state.transactions) this.balance.transactions.set(transaction.id, transaction);
    for (const dispute of state.disputes) {
      // A dispute and the balance speak of the same transactions.
      const own = dispute.balance_transactions.map(({ id }) => this.balance.transactions.get(id)!);
      this.disputes.set(dispute.id, { ...dispute, balance_transactions: own });
    }
    this.refundsOfDisputedCharges = state.refundsOfDisputedCharges;
    this.balance.settings = state.balance;
    this.payouts.load(state);
  }

  /** Epoch seconds of the sandbox clock. */
  now(): number {
    return Math.floor(this.#world.clock.now().getTime() / 1000);
  }

  /** Opens a session; `checkoutUrl` makes its hosted page's address from its id. */
  createSession(order: CheckoutParams, checkoutUrl: (id: string) => string): Session {
    const session = newSession(order, this.now(), checkoutUrl);
    this.sessions.set(session.id, session);
    this.#checkoutParams.set(session.id, order);
    return session;
  }

  /** Tells who listens that a note on an object has changed. */
  announce(type: string, object: Charge | Payout): void {
    this.#emit(type, object);
  }

  /** Any object by its id, for `expand[]`. */
  byId(id: string): object | undefined {
    const [prefix] = id.split('_');
    if (prefix === 'pi') return this.intents.get(id);
    if (prefix === 'ch' || prefix === 'py') return this.charges.get(id);
    if (prefix === 're') return this.refunds.get(id);
    if (prefix === 'txn') return this.balance.transactions.get(id);
    if (prefix === 'po') return this.payouts.payouts.get(id);
    return prefix === 'du' ? this.disputes.get(id) : this.sessions.get(id);
  }

  paramsOf(session: Session): CheckoutParams | undefined {
    return this.#checkoutParams.get(session.id);
  }

  titleOf(session: Session): string {
    return this.#checkoutParams.get(session.id)?.title ?? '';
  }

  session(id: string): Session {
    this.expireDue();
    const session = this.sessions.get(id);
    if (!session) throw noSuch('checkout.session', id, 'session');
    return session;
  }

  /** The customer pays by card: done at once. */
  payByCard(id: string): Session {
    const session = this.#openSession(id);
    const intent = this.#intentOf(session);
    this.#succeed(intent, this.#charge(session, intent, 'card', 'succeeded'));
    session.payment_status = 'paid';
    this.#complete(session);
    return session;
  }

  /** The customer's card is declined: the session stays open for another try. */
  decline(id: string): Session {
    const session = this.#openSession(id);
    const intent = this.#intentOf(session);
    const message = 'Your card was declined.';
    const charge = this.#charge(session, intent, 'card', 'failed', message);
    const error = { code: 'card_declined', decline_code: 'generic_decline', message, type: 'card_error' };
    this.#fail(intent, charge, error);
    return session;
  }

  /** The customer pays from a bank account: complete now, paid or not in some days. */
  payByBank(id: string): Session {
    const session = this.#openSession(id);
    const intent = this.#intentOf(session);
    const charge = this.#charge(session, intent, 'us_bank_account', 'pending');
    intent.status = 'processing';
    this.#emit('charge.pending', charge);
    this.#emit('payment_intent.processing', intent);
    this.#complete(session);
    return session;
  }

  /**
   * The bank's money arrives, or does not. Only for a session paid from a bank account and still under way.
   */
  completeBankPayment(id: string, outcome: 'succeeded' | 'failed'): Session {
    const session = this.session(id);
    const intent = this.intents.get(session.payment_intent ?? '');
    const charge = this.charges.get(intent?.latest_charge ?? '');
    if (!intent || !charge || intent.status !== 'processing')
      throw invalid('session', `The session ${id} has no bank payment under way.`);
    charge.status = outcome;
    if (outcome === 'succeeded') {
      this.#succeed(intent, charge);
      session.payment_status = 'paid';
    } else {
      const message = 'The bank account has insufficient funds.';
      charge.failure_code = 'insufficient_funds';
      charge.failure_message = message;
      intent.status = 'requires_payment_method';
      this.#fail(intent, charge, { code: 'insufficient_funds', message, type: 'card_error' });
    }
    this.#emit(`checkout.session.async_payment_${outcome}`, session);
    return session;
  }

  expire(id: string): Session {
    const session = this.session(id);
    if (session.status !== 'open')
      throw new StripeError(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a ` +
          `status of ${session.status}.`,
      );
    session.status = 'expired';
    session.url = null;
    this.#emit('checkout.session.expired', session);
    return session;
  }

  /** Expires every open session whose time has come. */
  expireDue(): void {
    const now = this.now();
    for (const session of this.sessions.values()) {
      if (session.status !== 'open' || now < session.expires_at) continue;
      session.status = 'expired';
      session.url = null;
      this.#emit('checkout.session.expired', session);
    }
  }

  #openSession(id: string): Session {
    const session = this.session(id);
    if (session.status !== 'open') throw invalid('session', `This Checkout Session is ${session.status}.`);
    return session;
  }

  #complete(session: Session): void {
    session.status = 'complete';
    session.url = null;
    this.#emit('checkout.session.completed', session);
  }

  #intentOf(session: Session): PaymentIntent {
    const known = this.intents.get(session.payment_intent ?? '');
    if (known) return known;
    const intent = newIntent(session, this.#checkoutParams.get(session.id), this.now());
    this.intents.set(intent.id, intent);
    session.payment_intent = intent.id;
    this.#emit('payment_intent.created', intent);
    return intent;
  }

  #fail(intent: PaymentIntent, charge: Charge, error: PaymentIntent['last_payment_error']): void {
    intent.last_payment_error = error;
    this.#emit('charge.failed', charge);
    this.#emit('payment_intent.payment_failed', intent);
  }

  #succeed(intent: PaymentIntent, charge: Charge): void {
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    intent.last_payment_error = null;
    charge.amount_captured = charge.amount;
    charge.captured = true;
    charge.paid = true;
    charge.balance_transaction = this.#recordCharge(charge).id;
    this.#emit('charge.succeeded', charge);
    this.#emit('payment_intent.succeeded', intent);
  }

  #recordCharge(charge: Charge): BalanceTransaction {
    const { amount, payment_method_details: method } = charge;
    const settled = this.balance.settled(amount, charge.currency);
    return this.balance.record({
      type: method.type === 'card' ? 'charge' : 'payment',
      category: 'charge',
      source: charge.id,
      amount,
      currency: charge.currency,
      description: charge.description,
      fee: { amount: this.balance.feeOf(settled.amount, method.type), description: 'Stripe processing fees' },
    });
  }

  #charge(
    session: Session,
    intent: PaymentIntent,
    method: string,
    status: Charge['status'],
    failure: string | null = null,
  ): Charge {
    const payer = filledIn(session.customer_details);
    if (failure === null) session.customer_details = payer;
    const charge = newCharge(intent, method, status, this.now(), failure, payer);
    this.charges.set(charge.id, charge);
    intent.latest_charge = charge.id;
    intent.payment_method = failure === null ? charge.payment_method : null;
    return charge;
  }
}
