import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import type { Payment } from '../ledger/payment.entity.js';
import { PaymentsRepository } from '../ledger/payments.repository.js';
import type { CheckoutSession } from '../checkout/sessions/checkout-session.entity.js';
import { CheckoutSessionsRepository } from '../checkout/sessions/checkout-sessions.repository.js';
import type { StripeFact } from './stripe-fact.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';

/** What an event is about, locked until the transaction ends. */
export interface StripeEventContext {
  proposal: Lead;
  session: CheckoutSession;
  payment: Payment | null;
}

/**
 * Finds what an event is about by Stripe's ids in our own rows. What the event says of organisation or proposal is
 * not asked.
 */
@Injectable()
export class StripeEventContextService {
  constructor(
    private readonly sessions: CheckoutSessionsRepository,
    private readonly payments: PaymentsRepository,
    private readonly proposals: ProposalsRepository,
  ) {}

  /** Null where it is about nothing of ours. */
  async find(tx: EntityManager, fact: StripeFact): Promise<StripeEventContext | null> {
    if (fact.kind === 'none') return null;
    if (fact.kind === 'session') {
      const session = await this.sessions.findByStripeId(tx, fact.sessionId);
      return session && this.lock(tx, session, session.id);
    }
    const payment = await this.payments.findByStripe(tx, fact);
    return payment && this.lock(tx, payment, payment.checkoutSessionId);
  }

  /** The proposal first, as everyone does who changes its sessions and payments. */
  private async lock(
    tx: EntityManager,
    { orgId, proposalId }: { orgId: number; proposalId: number },
    sessionId: number,
  ): Promise<StripeEventContext> {
    return inOrganisation(orgId, async () => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, proposalId);
      const session = await this.sessions.getForUpdate(tx, orgId, sessionId);
      const payment = await this.payments.findOfSession(tx, session);
      return { proposal, session, payment };
    });
  }
}
