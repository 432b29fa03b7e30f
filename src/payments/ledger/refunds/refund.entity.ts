import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIdColumn, BigIntColumn, CentsColumn } from '../../../platform/database/statements/columns.js';
import type { RefundState } from './refund-state.js';

/** Money of a payment that goes back to the customer by our own will, made here or in Stripe. */
@Entity('refunds')
export class Refund {
  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @BigIdColumn()
  id!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @BigIntColumn({ name: 'payment_id' })
  paymentId!: number;

  /**
   * Null while Stripe has not answered, where only the sum of the charge's refunds was told, and of money that went
   * back in another way.
   */
  @Column({ name: 'stripe_refund_id', type: 'text', nullable: true })
  stripeRefundId!: string | null;

  /**
   * Stripe's idempotency key, stored before Stripe is asked, or what stands for it of money that went back in another
   * way; null where the refund was not made here.
   */
  @Column({ name: 'request_key', type: 'text', nullable: true })
  requestKey!: string | null;

  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;

  /** ISO 4217, upper case. */
  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  @Column({ name: 'state', type: 'text' })
  state!: RefundState;

  /** As the person who asked for it gave it, or Stripe's word. */
  @Column({ name: 'reason', type: 'text', nullable: true })
  reason!: string | null;

  /** Why it failed. */
  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;

  /** Who asked for it here, as `user:7`. */
  @Column({ name: 'requested_by', type: 'text', nullable: true })
  requestedBy!: string | null;

  /** How often Stripe was asked. */
  @Column({ name: 'attempts', type: 'integer', default: 0 })
  attempts!: number;

  /** When Stripe made it, or when it was told of it, or asked for it. */
  @Column({ name: 'made_at', type: 'timestamptz' })
  madeAt!: Date;

  /** When it failed or was taken back, by Stripe's time; null where it did not, or that is not known. */
  @Column({ name: 'failed_at', type: 'timestamptz', nullable: true })
  failedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
