import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIdColumn, BigIntColumn, CentsColumn } from '../../../platform/database/statements/columns.js';
import type { DisputeState } from './dispute-state.js';

/**
 * Money of a payment that the customer asked the bank to take back. A payment can have several, each decided by
 * itself.
 */
@Entity('disputes')
export class Dispute {
  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @BigIdColumn()
  id!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @BigIntColumn({ name: 'payment_id' })
  paymentId!: number;

  /** Null for one from before disputes were rows. */
  @Column({ name: 'stripe_dispute_id', type: 'text', nullable: true })
  stripeDisputeId!: string | null;

  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;

  /** The payment's, whichever the bank names it in. */
  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  @Column({ name: 'state', type: 'text' })
  state!: DisputeState;

  /** `needs_response`, `under_review`, `won`, `lost`, … */
  @Column({ name: 'stripe_status', type: 'text' })
  stripeStatus!: string;

  /** In Stripe's words: `fraudulent`, `product_not_received`, … */
  @Column({ name: 'reason', type: 'text' })
  reason!: string;

  /** Until when the bank takes an answer; null where Stripe did not say. */
  @Column({ name: 'respond_by', type: 'timestamptz', nullable: true })
  respondBy!: Date | null;

  /** False where the bank takes none at all. */
  @Column({ name: 'takes_answer', type: 'boolean' })
  takesAnswer!: boolean;

  /** When the event happened that the state is from. */
  @Column({ name: 'status_at', type: 'timestamptz' })
  statusAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
