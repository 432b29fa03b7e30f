import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EntryChangesRepository } from '../../../contracts/schedule/entry-changes.repository.js';
import { Config } from '../../../platform/config/config.js';
import { inOrganisation } from '../../../platform/database/scope/scope.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import type { CheckoutSession } from './checkout-session.entity.js';
import { CheckoutSessionsRepository } from './checkout-sessions.repository.js';
import type { ShownCheckout } from '../payment-pages.js';

/** Finds a session for whoever knows its id, which nobody can guess. */
@Injectable()
export class SessionLookupService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly changes: EntryChangesRepository,
    private readonly config: Config,
  ) {}

  /** Throws where there is no such session. */
  async get(sessionId: unknown): Promise<ShownCheckout> {
    return this.shown(await this.find(sessionId));
  }

  /** A session of dev mode with where it leads; in production there is none. */
  async getDev(sessionId: unknown): Promise<ShownCheckout & { successUrl: string }> {
    const session = await this.find(sessionId);
    if (!session.devMode || this.config.production) throw unknown();
    const successUrl = session.request.success_url.replaceAll(
      '{CHECKOUT_SESSION_ID}',
      session.stripeSessionId!,
    );
    return { ...(await this.shown(session)), successUrl };
  }

  private async find(sessionId: unknown): Promise<CheckoutSession> {
    const session =
      typeof sessionId === 'string'
        ? await this.sessions.findByStripeId(this.dataSource.manager, sessionId)
        : null;
    if (!session) throw unknown();
    return session;
  }

  private async shown(session: CheckoutSession): Promise<ShownCheckout> {
    const { orgId, proposalId, stripeSessionId, amountCents, currency, status } = session;
    const entry = { kind: session.invoiceKind, sequence: session.invoiceSequence };
    const key = await inOrganisation(orgId, () =>
      this.changes.name(this.dataSource.manager, orgId, proposalId, entry),
    );
    return { sessionId: stripeSessionId!, amountCents, currency, key, status };
  }
}

function unknown(): DomainError {
  return new DomainError('not_found', 'checkout_session_not_found', 'There is no such payment.');
}
