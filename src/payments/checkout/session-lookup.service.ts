import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { CheckoutSession } from './checkout-session.entity.js';
import { CheckoutSessionsRepository } from './checkout-sessions.repository.js';
import type { ShownCheckout } from './payment-pages.js';

/** Finds a session for whoever knows its id, which nobody can guess. */
@Injectable()
export class SessionLookupService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly config: Config,
  ) {}

  /** Throws where there is no such session. */
  async get(sessionId: unknown): Promise<ShownCheckout> {
    return shown(await this.find(sessionId));
  }

  /** A session of dev mode with where it leads; in production there is none. */
  async getDev(sessionId: unknown): Promise<ShownCheckout & { successUrl: string }> {
    const session = await this.find(sessionId);
    if (!session.devMode || this.config.production) throw unknown();
    const successUrl = session.request.success_url.replaceAll(
      '{CHECKOUT_SESSION_ID}',
      session.stripeSessionId!,
    );
    return { ...shown(session), successUrl };
  }

  private async find(sessionId: unknown): Promise<CheckoutSession> {
    const session =
      typeof sessionId === 'string'
        ? await this.sessions.findByStripeId(this.dataSource.manager, sessionId)
        : null;
    if (!session) throw unknown();
    return session;
  }
}

function shown(session: CheckoutSession): ShownCheckout {
  const { stripeSessionId, amountCents, currency, status, invoiceKind, invoiceSequence } = session;
  const key = { kind: invoiceKind, sequence: invoiceSequence };
  return { sessionId: stripeSessionId!, amountCents, currency, key, status };
}

function unknown(): DomainError {
  return new DomainError('not_found', 'checkout_session_not_found', 'There is no such payment.');
}
