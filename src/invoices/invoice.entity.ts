import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, CentsColumn } from '../platform/database/statements/columns.js';
import type { QboState, QboStatus } from './invoice-state.js';

export type InvoiceKind = 'deposit' | 'progress' | 'final' | 'retainage';

/** One invoice of a proposal, from the moment it is wanted: without an id in QuickBooks until it is made there. */
@Entity('invoices')
export class Invoice {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'kind', type: 'text' })
  kind!: InvoiceKind;

  /** Which of its kind, counted from 1. */
  @Column({ name: 'sequence', type: 'integer' })
  sequence!: number;

  /** Counted from 1; an invoice that is made anew because the one before is gone is the next. */
  @Column({ name: 'generation', type: 'integer' })
  generation!: number;

  /** Of the proposal, ISO 4217. */
  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  /**
   * What was asked of QuickBooks, before tax; null where it was never asked: before that, and for a link made by hand.
   */
  @CentsColumn({ name: 'amount_cents', nullable: true })
  amountCents!: number | null;

  /** The company it is in; null until the first look at a link that was made by hand. */
  @Column({ name: 'qbo_realm_id', type: 'text', nullable: true })
  qboRealmId!: string | null;

  /** Its id in QuickBooks. */
  @Column({ name: 'qbo_invoice_id', type: 'varchar', length: 64, nullable: true })
  qboInvoiceId!: string | null;

  /** What stands on it as its number, in QuickBooks. */
  @Column({ name: 'number', type: 'varchar', length: 64, nullable: true })
  number!: string | null;

  @Column({ name: 'status', type: 'varchar', length: 24, nullable: true })
  status!: QboStatus | null;

  @Column({ name: 'state', type: 'text', nullable: true })
  state!: QboState | null;

  @CentsColumn({ name: 'total_cents', nullable: true })
  totalCents!: number | null;

  /** What of the total is tax; null until QuickBooks was read. */
  @CentsColumn({ name: 'tax_cents', nullable: true })
  taxCents!: number | null;

  /** What it withholds until the work is complete; negative where it bills what was withheld. */
  @CentsColumn({ name: 'retained_cents', default: 0 })
  retainedCents!: number;

  /** Of a deposit that is held for the customer, what it releases; on its own invoice, what is no deposit. */
  @CentsColumn({ name: 'released_cents', default: 0 })
  releasedCents!: number;

  @CentsColumn({ name: 'balance_cents', nullable: true })
  balanceCents!: number | null;

  /** Money that came in for it; a credit that was used is none. */
  @CentsColumn({ name: 'paid_cents', nullable: true })
  paidCents!: number | null;

  /** A calendar day, `YYYY-MM-DD`, as the others here. */
  @Column({ name: 'due_on', type: 'date', nullable: true })
  dueOn!: string | null;

  @Column({ name: 'txn_date', type: 'date', nullable: true })
  txnDate!: string | null;

  /** The day of the newest money on a paid invoice. */
  @Column({ name: 'paid_on', type: 'date', nullable: true })
  paidOn!: string | null;

  /** The QuickBooks customer it is made out to. */
  @Column({ name: 'qbo_customer_ref', type: 'text', nullable: true })
  qboCustomerRef!: string | null;

  /**
   * Total, customer and date as they were when the invoice was first read, the total of one that we sent as it was to
   * be: what edits in QuickBooks are told by.
   */
  @CentsColumn({ name: 'original_cents', nullable: true })
  originalCents!: number | null;

  @Column({ name: 'original_customer_ref', type: 'text', nullable: true })
  originalCustomerRef!: string | null;

  @Column({ name: 'original_txn_date', type: 'date', nullable: true })
  originalTxnDate!: string | null;

  /** The version of the invoice that was last applied. */
  @BigIntColumn({ name: 'sync_token', nullable: true })
  syncToken!: number | null;

  /** How often it went from one status to another. */
  @Column({ name: 'transition_count', type: 'integer', default: 0 })
  transitionCount!: number;

  /** A payment linked to it could not be read yet. */
  @Column({ name: 'payments_incomplete', type: 'boolean', default: false })
  paymentsIncomplete!: boolean;

  /** Whether its customer is reminded of it, where the organisation reminds. A person says so, not QuickBooks. */
  @Column({ name: 'reminders', type: 'boolean', default: true })
  reminders!: boolean;

  @Column({ name: 'last_sync_at', type: 'timestamptz', nullable: true })
  lastSyncAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
