import { Injectable } from '@nestjs/common';
import { type EntityManager, In, MoreThan } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import { entityOf, findByKey } from '../../platform/database/statements/find-by-key.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { Clock } from '../../platform/time/clock.js';
import type { CheckoutSession } from '../checkout/sessions/checkout-session.entity.js';
import { FIRST_READ_MS } from '../stripe-fee.js';
import { unapprovedSubjectOf } from './payment-subjects.js';
import { Payment } from './payment.entity.js';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { after } from '../../platform/time/after.js';

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

/** What of a payment is with us, in cents of its currency. */
export interface PaymentWithUs {
  id: number;
  netCents: number;
  currency: string;
}

/** The payments table, and what it makes of `leads.deposit_paid_cents`. */
@Injectable()
export class PaymentsRepository {
  constructor(private readonly clock: Clock) {}

  /** Writes the payment of a session down; null where it is there already. */
  async insertOnce(tx: EntityManager, session: CheckoutSession, paid: PaidFacts): Promise<Payment | null> {
    const at = this.clock.now();
    const hasFee = paid.paymentIntentId !== null && !session.devMode;
    const [row] = await tx.query<Record<string, unknown>[]>(
      `insert into payments (org_id, proposal_id, customer_id, checkout_session_id, stripe_session_id,
         stripe_payment_intent_id, amount_cents, currency, paid_at, created_at, updated_at,
         invoice_kind, invoice_sequence, fee_next_attempt_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13)
       on conflict do nothing returning *`,
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
        session.invoiceKind,
        session.invoiceSequence,
        hasFee ? after(at, FIRST_READ_MS) : null,
      ],
    );
    return row ? entityOf(tx, Payment, row) : null;
  }

  /** Stripe's events name no organisation we believe: it is the row's. */
  async findByStripe(tx: EntityManager, ids: StripeIds): Promise<Payment | null> {
    const where = [
      ...(ids.paymentIntentId ? [{ stripePaymentIntentId: ids.paymentIntentId }] : []),
      ...(ids.chargeId ? [{ stripeChargeId: ids.chargeId }] : []),
    ];
    return where.length === 0 ? null : throughDoor('lookup', () => tx.findOneBy(Payment, where));
  }

  /** What was paid in a session. */
  async findOfSession(tx: EntityManager, { id, orgId }: CheckoutSession): Promise<Payment | null> {
    return tx.findOneBy(Payment, { orgId, checkoutSessionId: id });
  }

  async find(tx: EntityManager, orgId: number, id: number): Promise<Payment | null> {
    return findByKey(tx, Payment, { orgId, id });
  }

  /** The payment, locked against others until the transaction ends. */
  async getForUpdate(tx: EntityManager, orgId: number, id: number): Promise<Payment | null> {
    return tx.findOne(Payment, { where: { orgId, id }, lock: { mode: 'for_no_key_update' } });
  }

  /** Keeps who puts the payment into the books; where that is the bookkeeper, its invoice is to be looked at. */
  async setRecordedHere(tx: EntityManager, { id, orgId }: Payment, recordedHere: boolean): Promise<void> {
    const updatedAt = this.clock.now();
    const invoiceCheckAt = recordedHere ? null : updatedAt;
    await tx.update(Payment, { id, orgId }, { recordedHere, invoiceCheckAt, updatedAt });
  }

  /** Keeps what of the payment nobody owed. */
  async setNotOwed(tx: EntityManager, payment: Payment, notOwedCents: number): Promise<void> {
    const { id, orgId } = payment;
    await tx.update(Payment, { id, orgId }, { notOwedCents, updatedAt: this.clock.now() });
    payment.notOwedCents = notOwedCents;
  }

  /** What of it was not owed is for something else from now on, but for what went back. */
  async setAgreed(tx: EntityManager, orgId: number, id: number): Promise<void> {
    await tx.query(
      `update payments p
          set not_owed_cents = nullif(least(p.not_owed_cents, b.amount_cents - b.net_cents), 0), updated_at = $3
         from payment_balances b
        where p.org_id = $1 and p.id = $2 and p.not_owed_cents is not null
          and b.org_id = p.org_id and b.payment_id = p.id`,
      [orgId, id, this.clock.now()],
    );
  }

  /** The same of every payment of a proposal of which nothing was owed. */
  async setAllAgreed(tx: EntityManager, orgId: number, proposalId: number): Promise<void> {
    for (const { id } of await this.listUnapproved(tx, orgId, proposalId))
      await this.setAgreed(tx, orgId, id);
  }

  /**
   * What is with us of the payments that came while their proposal was not approved, oldest first. Where that was not
   * kept when one came, it is one that came before the contract or after its end, unless a person has said since what
   * it is for.
   */
  async listUnapproved(tx: EntityManager, orgId: number, proposalId: number): Promise<PaymentWithUs[]> {
    return tx.query(
      `select p.id::int as id, b.currency, b.net_cents::float8 as "netCents"
         from payments p join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
        where p.org_id = $1 and p.proposal_id = $2 and b.net_cents > 0
          and (p.not_owed_cents = p.amount_cents
               or p.not_owed_cents is null
                  and not exists (
                    select from contracts k
                     where k.org_id = p.org_id and k.proposal_id = p.proposal_id and k.approved_at <= p.created_at
                       and coalesce(k.cancelled_at > p.created_at, true))
                  and not exists (
                    select from inbox_items n
                     where n.org_id = p.org_id and n.subject = $3 and n.state = 'resolved'
                       and n.closed_by is not null and n.closed_at >= p.created_at))
        order by p.id`,
      [orgId, proposalId, unapprovedSubjectOf(proposalId)],
    );
  }

  /** Keeps when a payment's invoice, or of one recorded here its receipts, is looked at; null once that is done. */
  async setInvoiceCheckAt(tx: EntityManager, { id, orgId }: Payment, at: Date | null): Promise<void> {
    await tx.update(Payment, { id, orgId }, { invoiceCheckAt: at, updatedAt: this.clock.now() });
  }

  /** All that was paid as deposit in the proposal's own currency, whatever went back since. */
  async grossCents(tx: EntityManager, { id, orgId, currency }: Lead): Promise<number> {
    const [row] = await tx.query<{ cents: string }[]>(
      prepared(`select coalesce(sum(amount_cents), 0) as cents from payments
        where org_id = $1 and proposal_id = $2 and currency = $3 and invoice_kind = 'deposit'`),
      [orgId, id, currency],
    );
    return Number(row!.cents);
  }

  /** True where a deposit of the proposal was booked after an instant. */
  async hasDepositSince(tx: EntityManager, orgId: number, proposalId: number, since: Date): Promise<boolean> {
    return tx.existsBy(Payment, {
      orgId,
      proposalId,
      invoiceKind: 'deposit',
      createdAt: MoreThan(since),
    });
  }

  /** Keeps the charge of a payment from the first event that names it. */
  async keepChargeId(tx: EntityManager, payment: Payment, chargeId: string | null): Promise<void> {
    if (chargeId === null || payment.stripeChargeId !== null) return;
    const { id, orgId } = payment;
    await tx.update(Payment, { id, orgId }, { stripeChargeId: chargeId, updatedAt: this.clock.now() });
    payment.stripeChargeId = chargeId;
  }

  /** These payments, newest first. */
  async listOf(tx: EntityManager, orgId: number, ids: readonly number[]): Promise<Payment[]> {
    return tx.find(Payment, { where: { orgId, id: In(ids) }, order: { id: 'DESC' } });
  }

  /** Oldest first. */
  async listOfProposal(tx: EntityManager, orgId: number, proposalId: number): Promise<Payment[]> {
    return tx.find(Payment, { where: { orgId, proposalId }, order: { id: 'ASC' } });
  }

  /** Puts what of the deposit is with us, in the proposal's own currency, on the proposal. Answers it. */
  async recountDeposit(tx: EntityManager, { id, orgId }: Lead): Promise<number> {
    const [rows] = await tx.query<[{ cents: string }[], number]>(
      prepared(`update leads set updated_at = $3, deposit_paid_cents = (
         select coalesce(sum(net_cents), 0) from payment_balances b
          where b.org_id = $1 and b.proposal_id = $2 and b.currency = leads.currency
            and b.invoice_kind = 'deposit')
       where org_id = $1 and id = $2 returning deposit_paid_cents as cents`),
      [orgId, id, this.clock.now()],
    );
    return Number(rows[0]!.cents);
  }
}
