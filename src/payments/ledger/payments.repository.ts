import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Lead } from '../../proposals/lead.entity.js';
import { Clock } from '../../platform/time/clock.js';
import type { CheckoutSession } from '../checkout/checkout-session.entity.js';
import { Payment } from './payment.entity.js';

/** What Stripe says of money that came in. */
export interface PaidFacts {
  paymentIntentId: string | null;
  amountCents: number;
  currency: string;
  paidAt: Date;
}

/** By which of Stripe's ids a payment is looked for; one is enough. */
export interface StripeIds {
  paymentIntentId: string | null;
  chargeId: string | null;
}

/** The payments table, and what it makes of `leads.deposit_paid_cents`. */
@Injectable()
export class PaymentsRepository {
  constructor(private readonly clock: Clock) {}

  /** Writes the payment of a session down; null where it is there already. */
  async insertOnce(tx: EntityManager, session: CheckoutSession, paid: PaidFacts): Promise<Payment | null> {
    const at = this.clock.now();
    const rows = await tx.query<{ id: string }[]>(
      `insert into payments (org_id, proposal_id, customer_id, checkout_session_id, stripe_session_id,
         stripe_payment_intent_id, amount_cents, currency, paid_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
       on conflict do nothing returning id`,
      [
        session.orgId,
        session.proposalId,
        session.customerId,
        session.id,
        session.stripeSessionId,
        paid.paymentIntentId,
        paid.amountCents,
        paid.currency,
        paid.paidAt,
        at,
      ],
    );
    const id = rows[0]?.id;
    return id === undefined ? null : tx.findOneByOrFail(Payment, { id: Number(id), orgId: session.orgId });
  }

  /** Stripe's events name no organisation we believe: it is the row's. */
  async findByStripe(tx: EntityManager, ids: StripeIds): Promise<Payment | null> {
    const where = [
      ...(ids.paymentIntentId ? [{ stripePaymentIntentId: ids.paymentIntentId }] : []),
      ...(ids.chargeId ? [{ stripeChargeId: ids.chargeId }] : []),
    ];
    return where.length === 0 ? null : tx.findOneBy(Payment, where);
  }

  /** What was paid in a session. */
  async findOfSession(tx: EntityManager, { id, orgId }: CheckoutSession): Promise<Payment | null> {
    return tx.findOneBy(Payment, { orgId, checkoutSessionId: id });
  }

  async update(
    tx: EntityManager,
    { id, orgId }: Payment,
    facts: Partial<
      Pick<
        Payment,
        'stripeChargeId' | 'refundedCents' | 'refundedAt' | 'disputedAt' | 'disputeStatus' | 'lostCents'
      >
    >,
  ): Promise<void> {
    await tx.update(Payment, { id, orgId }, { ...facts, updatedAt: this.clock.now() });
  }

  /** True where money of this proposal's customer is with us. */
  async isPaid(tx: EntityManager, orgId: number, proposalId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from payments where org_id = $1 and proposal_id = $2 and refunded_cents + lost_cents < amount_cents limit 1',
      [orgId, proposalId],
    );
    return rows.length > 0;
  }

  /** Puts what is paid, net of refunds and lost disputes and in the proposal's own currency, on the proposal. */
  async recountDeposit(tx: EntityManager, { id, orgId }: Lead): Promise<void> {
    await tx.query(
      `update leads set updated_at = $3, deposit_paid_cents = (
         select coalesce(sum(greatest(amount_cents - refunded_cents - lost_cents, 0)), 0) from payments
         where payments.org_id = leads.org_id and proposal_id = leads.id and payments.currency = leads.currency)
       where org_id = $1 and id = $2`,
      [orgId, id, this.clock.now()],
    );
  }
}
