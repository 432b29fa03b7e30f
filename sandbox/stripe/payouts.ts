import { ABSENT } from './absent-fields.ts';
import type { BalanceTransaction, Payout } from './balance-objects.ts';
import type { Balance } from './balance.ts';
import { newId } from './objects.ts';
import type { EmitEvent } from './objects.ts';
import { StripeError, invalid, noSuch } from './stripe-error.ts';

const DAY_SECONDS = 86_400;
const DAYS_TO_ARRIVE = 2;
const INSTANT_FEE_PERCENT = 1;

export interface PayoutRequest {
  /**
   * `automatic` takes everything available; the others pay out an amount and say nothing of what is in it.
   * `instant` takes from what is pending too.
   */
  kind: 'automatic' | 'manual' | 'instant';
  currency: string;
  /** Minor units; needed unless automatic. */
  amount?: number | undefined;
  /** What is pending can be paid out too. */
  includesPending?: boolean;
  description?: string | null;
  metadata?: Record<string, string>;
  statementDescriptor?: string | null;
}

/** What a bank statement shows of payouts. Minor units, signed. */
export interface BankFeedLine {
  date: string;
  amount: number;
  currency: string;
  description: string;
  payout: string;
}

const sumOfNet = (sum: number, { net }: BalanceTransaction): number => sum + net;

const insufficient = (): StripeError =>
  new StripeError('You have insufficient funds in your Stripe account for this transfer.', {
    code: 'balance_insufficient',
  });

/** Payouts as JSON. */
export interface PayoutState {
  payouts: Payout[];
  payoutOf: [transaction: string, payout: string][];
  bankFeed: BankFeedLine[];
}

/** Payouts of an account's balance to its bank accounts, one per currency. */
export class Payouts {
  readonly payouts = new Map<string, Payout>();
  readonly #balance: Balance;
  readonly #emit: EmitEvent;
  readonly #now: () => number;
  readonly #showsOwn: () => boolean;
  /** The payout each transaction went into. */
  readonly #payoutOf = new Map<string, string>();
  #bankFeed: BankFeedLine[] = [];

  constructor(balance: Balance, emit: EmitEvent, now: () => number, showsOwn: () => boolean) {
    this.#balance = balance;
    this.#emit = emit;
    this.#now = now;
    this.#showsOwn = showsOwn;
  }

  reset(): void {
    this.payouts.clear();
    this.#payoutOf.clear();
    this.#bankFeed = [];
  }

  save(): PayoutState {
    return {
      payouts: [...this.payouts.values()],
      payoutOf: [...this.#payoutOf],
      bankFeed: [...this.#bankFeed],
    };
  }

  load({ payouts, payoutOf, bankFeed }: PayoutState): void {
    for (const payout of payouts) this.payouts.set(payout.id, payout);
    for (const [transaction, payout] of payoutOf) this.#payoutOf.set(transaction, payout);
    this.#bankFeed = bankFeed;
  }

  bankFeed(): readonly BankFeedLine[] {
    return this.#bankFeed;
  }

  /** What went into a payout, its own transaction too (a switch); known of automatic ones only. */
  membersOf(id: string): BalanceTransaction[] {
    const payout = this.find(id);
    if (!payout.automatic)
      throw new StripeError('Balance transaction history can only be filtered on automatic payouts.', {
        param: 'payout',
      });
    return [...this.#balance.all()].filter(
      (one) => this.#payoutOf.get(one.id) === id || (this.#showsOwn() && one.source === id),
    );
  }

  /** Makes a payout, in transit. A negative sum is taken from the bank. */
  create(request: PayoutRequest): Payout {
    const { kind, currency, amount: asked, includesPending = false } = request;
    const unpaid = this.#unpaid(currency, includesPending || kind === 'instant');
    const members = kind === 'automatic' ? unpaid : [];
    if (kind === 'automatic' && members.length === 0) throw insufficient();
    const amount = kind === 'automatic' ? members.reduce(sumOfNet, 0) : asked;
    if (amount === undefined || (kind !== 'automatic' && amount <= 0))
      throw invalid('amount', 'A manual payout needs an amount above 0.');
    const id = newId('po');
    const fee = kind === 'instant' ? Math.round((amount * INSTANT_FEE_PERCENT) / 100) : 0;
    if (kind !== 'automatic' && amount + fee > unpaid.reduce(sumOfNet, 0)) throw insufficient();
    const transaction = this.#balance.record({
      type: 'payout',
      category: 'payout',
      source: id,
      amount: -amount,
      currency,
      description: 'STRIPE PAYOUT',
      isAvailable: true,
      fee: fee === 0 ? undefined : { amount: fee, description: 'Instant payout fee' },
    });
    const payout: Payout = {
      ...ABSENT.payout,
      id,
      object: 'payout',
      amount,
      arrival_date: this.#arrival(kind === 'instant' ? 0 : DAYS_TO_ARRIVE),
      automatic: kind === 'automatic',
      balance_transaction: transaction.id,
      created: this.#now(),
      currency,
      destination: 'ba_sandbox',
      failure_balance_transaction: null,
      failure_code: null,
      failure_message: null,
      livemode: false,
      description: request.description ?? null,
      metadata: request.metadata ?? {},
      statement_descriptor: request.statementDescriptor ?? null,
      method: kind === 'instant' ? 'instant' : 'standard',
      reconciliation_status: kind === 'automatic' ? 'in_progress' : 'not_applicable',
      source_type: 'card',
      status: 'in_transit',
      trace_id: { status: 'pending', value: null },
      type: 'bank_account',
    };
    this.payouts.set(id, payout);
    for (const member of members) this.#payoutOf.set(member.id, id);
    this.#emit('payout.created', payout);
    if (payout.automatic) this.#complete(payout);
    return payout;
  }

  /** The merchant takes a payout of theirs back before the bank has it. */
  cancel(id: string): Payout {
    const payout = this.find(id);
    if (payout.automatic || payout.status !== 'in_transit')
      throw new StripeError('Payouts can only be canceled if they are manual and still pending.', {
        param: 'payout',
      });
    return this.update(id, 'canceled');
  }

  /** What the bank does: the money arrives, does not, also after it had, or the payout is cancelled in time. */
  update(id: string, status: 'paid' | 'failed' | 'canceled', failureCode = 'account_closed'): Payout {
    const payout = this.find(id);
    const mayChange = payout.status === 'in_transit' || (payout.status === 'paid' && status === 'failed');
    if (!mayChange)
      throw invalid('payout', `A payout with a status of ${payout.status} cannot become ${status}.`);
    const wasPaid = payout.status === 'paid';
    payout.status = status;
    if (status === 'paid') {
      payout.trace_id = { status: 'supported', value: newId('trace', 12) };
      this.#show(payout, payout.amount, 'STRIPE TRANSFER', payout.arrival_date);
    } else this.#giveBack(payout, status, failureCode, wasPaid);
    this.#emit(`payout.${status}`, payout);
    return payout;
  }

  find(id: string): Payout {
    const payout = this.payouts.get(id);
    if (!payout) throw noSuch('payout', id);
    return payout;
  }

  #giveBack(payout: Payout, status: 'failed' | 'canceled', failureCode: string, wasPaid: boolean): void {
    const isFailure = status === 'failed';
    const transaction = this.#balance.record({
      type: isFailure ? 'payout_failure' : 'payout_cancel',
      category: 'payout_reversal',
      source: payout.id,
      amount: payout.amount,
      currency: payout.currency,
      isAvailable: true,
    });
    payout.failure_balance_transaction = transaction.id;
    if (isFailure) {
      payout.failure_code = failureCode;
      payout.failure_message = 'The bank account has been closed.';
    }
    const comesBack = Math.max(payout.arrival_date, this.#now());
    if (wasPaid) this.#show(payout, -payout.amount, 'STRIPE TRANSFER REVERSAL', comesBack);
  }

  #complete(payout: Payout): void {
    payout.reconciliation_status = 'completed';
    this.#emit('payout.reconciliation_completed', payout);
  }

  /** What no automatic payout has taken yet: also payouts by hand, which leave less for the next one. */
  #unpaid(currency: string, includesPending: boolean): BalanceTransaction[] {
    return [...this.#balance.all()].filter(
      (one) =>
        one.currency === currency &&
        !this.#payoutOf.has(one.id) &&
        !(one.type === 'payout' && this.payouts.get(one.source ?? '')?.automatic === true) &&
        (includesPending || one.status === 'available'),
    );
  }

  #show(payout: Payout, amount: number, description: string, at: number): void {
    const date = new Date(at * 1000).toISOString().slice(0, 10);
    this.#bankFeed = [
      ...this.#bankFeed,
      { date, amount, currency: payout.currency, description, payout: payout.id },
    ];
  }

  /** Midnight UTC of the day it arrives. */
  #arrival(days: number): number {
    return Math.floor(this.#now() / DAY_SECONDS) * DAY_SECONDS + days * DAY_SECONDS;
  }
}
