import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { after } from '../../platform/time/after.js';
import { type ConnectedAccount, EVENTS_LISTED_MS, StripeClient } from '../checkout/stripe.client.js';
import { StripeAccountsRepository } from './stripe-accounts.repository.js';

/**
 * Knows which Stripe account an organisation is paid into: one of its own, connected to that of the key, or that of the
 * key itself. The operator gives it, since whoever owns the key answers for who is connected to it.
 */
@Injectable()
export class StripeAccountsService {
  constructor(
    private readonly accounts: StripeAccountsRepository,
    private readonly settings: OrgSettingsService,
    private readonly stripe: StripeClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Has the customers of an organisation pay into this account from now on; null: into that of the key. Pages that are
   * open in another are ended. Throws a conflict where there is no key, or customers cannot pay into the account;
   * VendorError where Stripe does not show it to the key.
   */
  async assign(orgId: number, accountId: string | null): Promise<ConnectedAccount | null> {
    const account = accountId === null ? null : await this.usable(accountId);
    const at = this.clock.now();
    await this.settings.change(orgId, { stripeAccountId: accountId }, async (tx) => {
      if (accountId === null) return;
      await this.accounts.insertOnce(tx, orgId, accountId, { at, listedSince: after(at, -EVENTS_LISTED_MS) });
    });
    return account;
  }

  /** Where a payment was paid; null: into the account of the key. */
  async ofPayment(orgId: number, paymentId: number): Promise<string | null> {
    return this.accounts.accountOfPayment(orgId, paymentId);
  }

  private async usable(accountId: string): Promise<ConnectedAccount> {
    if (!this.stripe.isConfigured) {
      throw new DomainError(
        'conflict',
        'stripe_not_configured',
        'This installation has no Stripe key, so no account is connected to it. Set STRIPE_SECRET_KEY.',
      );
    }
    const account = await this.stripe.readAccount(accountId);
    if (account.canCharge) return account;
    throw new DomainError(
      'conflict',
      'stripe_account_cannot_charge',
      `Nobody can pay into ${accountId} yet: Stripe still wants facts about the business. Complete the account there.`,
    );
  }
}
