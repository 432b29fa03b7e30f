import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { BigIdColumn, BigIntColumn, CentsColumn } from '../../platform/database/statements/columns.js';

/** Money that was paid. One row per payment, whatever is told of it; rows are never deleted. */
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

  /** What it is for: an entry of the contract, as its invoice. */
  @Column({ name: 'invoice_kind', type: 'text', default: 'deposit' })
  invoiceKind!: InvoiceKind;

  /** Which of its kind, from 1. */
  @Column({ name: 'invoice_sequence', type: 'integer', default: 1 })
  invoiceSequence!: number;

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

  /**
   * Whether the payment is put into the books here, or entered by the bookkeeper; null until that is decided, once,
   * when the payment is first taken up.
   */
  @Column({ name: 'recorded_here', type: 'boolean', nullable: true })
  recordedHere!: boolean | null;

  /**
   * When its invoice is looked at for money that was there before it, where the bookkeeper enters it, or which receipts
   * of its refunds stand, where QuickBooks could not say; null where that is done, or not needed.
   */
  @Column({ name: 'invoice_check_at', type: 'timestamptz', nullable: true })
  invoiceCheckAt!: Date | null;

  /**
   * What of it nobody owed when it came, nor was it agreed since what it is for; null where all was owed, as far as is
   * known.
   */
  @CentsColumn({ name: 'not_owed_cents', nullable: true })
  notOwedCents!: number | null;

  /** What Stripe kept of it, in the currency it was settled in; null: not known, which is not 0. */
  @CentsColumn({ name: 'fee_cents', nullable: true })
  feeCents!: number | null;

  /** ISO 4217, upper case. */
  @Column({ name: 'fee_currency', type: 'char', length: 3, nullable: true })
  feeCurrency!: string | null;

  /** How often Stripe was asked for the fee. */
  @Column({ name: 'fee_attempts', type: 'integer', default: 0 })
  feeAttempts!: number;

  /** When Stripe is asked for the fee; null where it is known, given up, or nobody can be asked. */
  @Column({ name: 'fee_next_attempt_at', type: 'timestamptz', nullable: true })
  feeNextAttemptAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
