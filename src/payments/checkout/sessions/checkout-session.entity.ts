import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InvoiceKind } from '../../../invoices/invoice.entity.js';
import { BigIdColumn, CentsColumn, DecimalColumn } from '../../../platform/database/statements/columns.js';
import type { CheckoutRequest } from '../checkout-request.js';
import type { CheckoutStatus } from '../checkout-status.js';

/** One time a customer was asked for a payment, written down before Stripe is. */
@Entity('checkout_sessions')
export class CheckoutSession {
  @BigIdColumn()
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'customer_id', type: 'integer', nullable: true })
  customerId!: number | null;

  /** What is asked for: an entry of the contract, as its invoice. */
  @Column({ name: 'invoice_kind', type: 'text', default: 'deposit' })
  invoiceKind!: InvoiceKind;

  /** Which of its kind, from 1. */
  @Column({ name: 'invoice_sequence', type: 'integer', default: 1 })
  invoiceSequence!: number;

  /** Under which Stripe is asked, again and again until it answers. */
  @Column({ name: 'idempotency_key', type: 'text' })
  idempotencyKey!: string;

  @Column({ name: 'request', type: 'jsonb' })
  request!: CheckoutRequest;

  /** Stripe's id, `dev_…` in dev mode; null until Stripe has answered. */
  @Column({ name: 'stripe_session_id', type: 'text', nullable: true })
  stripeSessionId!: string | null;

  /** The connected account it is opened in; null for that of the key. Kept, whatever the organisation has later. */
  @Column({ name: 'stripe_account_id', type: 'text', nullable: true })
  stripeAccountId!: string | null;

  /** The hosted page; null until Stripe has answered. */
  @Column({ name: 'url', type: 'text', nullable: true })
  url!: string | null;

  @Column({ name: 'status', type: 'text', default: 'open' })
  status!: CheckoutStatus;

  @Column({ name: 'dev_mode', type: 'boolean', default: false })
  devMode!: boolean;

  /** What is asked for. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;

  /** What the proposal comes to. */
  @CentsColumn({ name: 'total_cents' })
  totalCents!: number;

  @DecimalColumn({ name: 'deposit_percent', precision: 5, scale: 2 })
  depositPercent!: number;

  /** ISO 4217, upper case. */
  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  /** Why it failed. */
  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
