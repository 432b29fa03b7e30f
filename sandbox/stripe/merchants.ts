import type { World } from '../world.ts';
import { type AccountRequest, type StripeAccountShown, newAccount } from './accounts.ts';
import { Disputes } from './disputes.ts';
import { Idempotency } from './idempotency.ts';
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

/** A connected account and what is in it, as JSON. */
export interface ConnectedState {
  shown: StripeAccountShown;
  state: StripeState;
}

/** The platform's own account and those connected to it; each has objects, balance and events of its own. */
export class Merchants {
  readonly platform: Merchant;
  readonly #world: World;
  readonly #webhooks: StripeWebhookSender;
  readonly #connected = new Map<string, { shown: StripeAccountShown; merchant: Merchant }>();

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

  connected(): StripeAccountShown[] {
    return [...this.#connected.values()].map(({ shown }) => shown);
  }

  connect(request: AccountRequest): StripeAccountShown {
    const shown = newAccount(request, this.platform.account.now());
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
