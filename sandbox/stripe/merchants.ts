import type { World } from '../world.ts';
import { Disputes } from './disputes.ts';
import { Idempotency } from './idempotency.ts';
import { newId } from './objects.ts';
import { Refunds } from './refunds.ts';
import { StripeAccount, type StripeState } from './stripe-account.ts';
import { StripeError } from './stripe-error.ts';
import type { StripeWebhookSender } from './webhook-sender.ts';

/** One account with what is done in it. `id` is null for the platform's own. */
export interface Merchant {
  id: string | null;
  account: StripeAccount;
  refunds: Refunds;
  disputes: Disputes;
  idempotency: Idempotency;
}

/** A connected account, as `/v1/accounts` shows it. */
export interface ConnectedAccount {
  id: string;
  object: 'account';
  business_profile: { name: string | null };
  charges_enabled: boolean;
  country: string;
  created: number;
  default_currency: string;
  details_submitted: boolean;
  email: string | null;
  metadata: Record<string, string>;
  payouts_enabled: boolean;
  type: string;
}

/** A connected account and what is in it, as JSON. */
export interface ConnectedState {
  shown: ConnectedAccount;
  state: StripeState;
}

/** The platform's own account and those connected to it; each has objects, balance and events of its own. */
export class Merchants {
  readonly platform: Merchant;
  readonly #world: World;
  readonly #webhooks: StripeWebhookSender;
  readonly #connected = new Map<string, { shown: ConnectedAccount; merchant: Merchant }>();

  constructor(world: World, webhooks: StripeWebhookSender) {
    this.#world = world;
    this.#webhooks = webhooks;
    this.platform = this.#open(null);
  }

  /** The account that `Stripe-Account` names; the platform's own without it. 403 for one that is not connected. */
  named(id: string | undefined): Merchant {
    if (id === undefined || id === '') return this.platform;
    const connected = this.#connected.get(id);
    if (!connected)
      throw new StripeError(
        `The provided key does not have access to account '${id}' (or that account does not exist). ` +
          'Application access may have been revoked.',
        { status: 403, code: 'account_invalid' },
      );
    return connected.merchant;
  }

  /** The account that has the object of this id; the platform's own where none has. */
  ownerOf(id: string | undefined): Merchant {
    return this.all().find(({ account }) => id !== undefined && account.byId(id)) ?? this.platform;
  }

  /** The platform's own account, then those connected to it. */
  all(): Merchant[] {
    return [this.platform, ...[...this.#connected.values()].map(({ merchant }) => merchant)];
  }

  connected(): ConnectedAccount[] {
    return [...this.#connected.values()].map(({ shown }) => shown);
  }

  connect(
    details: Partial<Pick<ConnectedAccount, 'country' | 'email' | 'type' | 'metadata'>>,
  ): ConnectedAccount {
    const shown: ConnectedAccount = {
      id: newId('acct', 16),
      object: 'account',
      business_profile: { name: null },
      charges_enabled: true,
      country: details.country ?? 'US',
      created: this.platform.account.now(),
      default_currency: 'usd',
      details_submitted: true,
      email: details.email ?? null,
      metadata: details.metadata ?? {},
      payouts_enabled: true,
      type: details.type ?? 'standard',
    };
    this.#connected.set(shown.id, { shown, merchant: this.#open(shown.id) });
    return shown;
  }

  expireDue(): void {
    for (const { account } of this.all()) account.expireDue();
  }

  save(): ConnectedState[] {
    return [...this.#connected.values()].map(({ shown, merchant }) => ({
      shown,
      state: merchant.account.save(),
    }));
  }

  load(connected: readonly ConnectedState[]): void {
    this.#connected.clear();
    for (const { shown, state } of connected) {
      const merchant = this.#open(shown.id);
      merchant.account.load(state);
      this.#connected.set(shown.id, { shown, merchant });
    }
  }

  reset(): void {
    this.#connected.clear();
    this.platform.account.reset();
    this.platform.idempotency.forget();
  }

  #open(id: string | null): Merchant {
    const emit = this.#webhooks.emitFor(id);
    const account = new StripeAccount(this.#world, emit);
    return {
      id,
      account,
      refunds: new Refunds(account, emit),
      disputes: new Disputes(account, emit),
      idempotency: new Idempotency(),
    };
  }
}
