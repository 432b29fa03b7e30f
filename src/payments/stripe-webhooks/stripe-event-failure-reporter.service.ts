import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { stripeEventFailed } from '../../messages/reasons/stripe-reasons.js';
import { UNREADABLE_EVENT_STEP } from '../../messages/next-steps.js';
import { PaymentDescriptionService, type DescribedPayment } from '../ledger/payment-description.service.js';
import { PaymentsRepository } from '../ledger/payments.repository.js';
import { CheckoutSessionsRepository } from '../checkout/sessions/checkout-sessions.repository.js';
import { idsIn } from './stripe-event-ids.js';
import type { StripeEvent } from './stripe-event.entity.js';
import { StripeEventsRepository } from './stripe-events.repository.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';

type Troubled = Pick<StripeEvent, 'eventId' | 'type' | 'body'>;

/**
 * Puts an event that cannot be processed before a person of the organisation it is about, by our own rows. One that
 * names nothing of ours belongs to the only organisation there is; where there are several it stays in
 * `stripe_events` alone.
 */
@Injectable()
export class StripeEventFailureReporterService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly descriptions: PaymentDescriptionService,
    private readonly sessions: CheckoutSessionsRepository,
    private readonly payments: PaymentsRepository,
    private readonly events: StripeEventsRepository,
  ) {}

  /** Part of the transaction that gives the event up. `why` is for people; `again` says that it can be tried again. */
  async report(
    tx: EntityManager,
    event: Troubled,
    why: string,
    { again }: { again: boolean },
  ): Promise<void> {
    const deposit = await this.depositOf(tx, event);
    const orgId = deposit?.orgId ?? (await this.events.findOnlyOrg(tx));
    if (orgId === null) return;
    await inOrganisation(orgId, async () => {
      const about = deposit ? await this.descriptions.name(tx, deposit) : null;
      await this.inbox.open(tx, {
        orgId,
        subject: subjectOf(event),
        code: 'stripe_event_failed',
        reason: stripeEventFailed(event, about, why),
        ...(!again && { nextStep: UNREADABLE_EVENT_STEP, retry: null }),
        proposalId: deposit?.proposalId,
        customerId: deposit?.customerId,
      });
    });
  }

  /** Part of the transaction that processes the event: it came right. */
  async settle(tx: EntityManager, event: Troubled): Promise<void> {
    const orgId = (await this.depositOf(tx, event))?.orgId ?? (await this.events.findOnlyOrg(tx));
    if (orgId === null) return;
    await inOrganisation(orgId, () => this.inbox.resolveSubject(tx, orgId, subjectOf(event)));
  }

  private async depositOf(tx: EntityManager, { body }: Troubled): Promise<DescribedPayment | null> {
    const { sessionId, ...ids } = idsIn(body);
    const session = sessionId === null ? null : await this.sessions.findByStripeId(tx, sessionId);
    return session ?? (await this.payments.findByStripe(tx, ids));
  }
}

function subjectOf({ eventId }: Troubled): string {
  return `stripe.event:${eventId}`;
}
