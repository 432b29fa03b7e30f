import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIdColumn, BigIntColumn, CentsColumn } from '../../platform/database/columns.js';

/** A deposit that was paid. One row per payment, whatever is told of it; rows are never deleted. */
@Entity('payments')
export class Payment {
  @BigIdColumn()
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'customer_id', type: 'integer', nullable: true })
  customerId!: number | null;

  @BigIntColumn({ name: 'checkout_session_id' })
  checkoutSessionId!: number;

  @Column({ name: 'stripe_session_id', type: 'text' })
  stripeSessionId!: string;

  @Column({ name: 'stripe_payment_intent_id', type: 'text', nullable: true })
  stripePaymentIntentId!: string | null;

  /** Known from the first event that names it. */
  @Column({ name: 'stripe_charge_id', type: 'text', nullable: true })
  stripeChargeId!: string | null;

  /** What was paid, whatever had been asked. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;

  /** ISO 4217, upper case. */
  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  @Column({ name: 'paid_at', type: 'timestamptz' })
  paidAt!: Date;

  /** All that was given back so far. */
  @CentsColumn({ name: 'refunded_cents', default: 0 })
  refundedCents!: number;

  @Column({ name: 'refunded_at', type: 'timestamptz', nullable: true })
  refundedAt!: Date | null;

  @Column({ name: 'disputed_at', type: 'timestamptz', nullable: true })
  disputedAt!: Date | null;

  /** In Stripe's words: `needs_response`, `won`, `lost`, … */
  @Column({ name: 'dispute_status', type: 'text', nullable: true })
  disputeStatus!: string | null;

  /** What the bank took back in a dispute that was lost. */
  @CentsColumn({ name: 'lost_cents', default: 0 })
  lostCents!: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
