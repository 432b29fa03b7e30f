import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn, DecimalColumn } from '../../platform/database/statements/columns.js';
import type { PostalAddress } from '../../customers/postal-address.js';
import type { ProposalStatus } from '../proposal-lifecycle.js';

/** A lead, and from its first lines on the proposal with the same id. */
@Entity('leads')
export class Lead {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'customer_id', type: 'integer', nullable: true })
  customerId!: number | null;

  @Column({ name: 'name', type: 'text' })
  name!: string;

  @Column({ name: 'email', type: 'text', nullable: true })
  email!: string | null;

  @Column({ name: 'phone', type: 'text', nullable: true })
  phone!: string | null;

  @Column({ name: 'source', type: 'text', nullable: true })
  source!: string | null;

  @Column({ name: 'notes', type: 'text', nullable: true })
  notes!: string | null;

  /** Where the work is done; null where nobody said. */
  @Column({ name: 'site_address', type: 'jsonb', nullable: true })
  siteAddress!: PostalAddress | null;

  @Column({ name: 'status', type: 'text', default: 'lead' })
  status!: ProposalStatus;

  /** ISO 4217, upper case. */
  @Column({ name: 'currency', type: 'char', length: 3, default: 'USD' })
  currency!: string;

  /** The sum of the lines; null while there are none. */
  @CentsColumn({ name: 'amount_cents', nullable: true })
  amountCents!: number | null;

  @Column({ name: 'approved_at', type: 'timestamptz', nullable: true })
  approvedAt!: Date | null;

  /** Who approved, as `user:7`, or `link:3` where the customer did by a link. */
  @Column({ name: 'approved_by', type: 'text', nullable: true })
  approvedBy!: string | null;

  /** The part of the total that was approved as deposit; null before the approval. */
  @DecimalColumn({ name: 'deposit_percent', precision: 5, scale: 2, nullable: true })
  depositPercent!: number | null;

  /** The deposit that was approved; null before that, and where the total is less than anything that can be charged. */
  @CentsColumn({ name: 'deposit_cents', nullable: true })
  depositCents!: number | null;

  /** What the customer paid of the deposit, net of refunds. Written by payments alone. */
  @CentsColumn({ name: 'deposit_paid_cents', default: 0 })
  depositPaidCents!: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;

  /**
   * The newest live invoice of the proposal, as `invoices` has it: a copy that qbo-sync writes in the statement that
   * writes the invoice. An id that somebody writes here by SQL becomes an invoice.
   */
  @Column({ name: 'qbo_invoice_id', type: 'varchar', length: 64, nullable: true })
  qboInvoiceId!: string | null;

  @Column({ name: 'qbo_invoice_number', type: 'varchar', length: 64, nullable: true })
  qboInvoiceNumber!: string | null;

  /** `Paid`, `Open` or `Unknown`. */
  @Column({ name: 'qbo_status', type: 'varchar', length: 24, nullable: true })
  qboStatus!: string | null;

  @CentsColumn({ name: 'qbo_balance_cents', nullable: true })
  qboBalanceCents!: number | null;

  @CentsColumn({ name: 'qbo_paid_cents', nullable: true })
  qboPaidCents!: number | null;

  @Column({ name: 'qbo_last_sync_at', type: 'timestamptz', nullable: true })
  qboLastSyncAt!: Date | null;

  /** Under which key of its own a client had it made, by which request; asked for by the key alone. */
  @Column({ name: 'request_key', type: 'text', nullable: true, select: false })
  requestKey?: string | null;

  @Column({ name: 'request_hash', type: 'bytea', nullable: true, select: false })
  requestHash?: Buffer | null;
}
