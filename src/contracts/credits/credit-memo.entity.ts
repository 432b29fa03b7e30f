import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, CentsColumn } from '../../platform/database/statements/columns.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

/**
 * - `open`: something of it is on no invoice
 * - `used`: all of it is
 * - `voided`, `deleted`: gone from QuickBooks
 */
export type CreditMemoState = 'open' | 'used' | 'voided' | 'deleted';

/** What a change order takes back of what is billed: a credit memo in QuickBooks. */
@Entity('credit_memos')
export class CreditMemo {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'change_order_id', type: 'integer' })
  changeOrderId!: number;

  /** From 1; the next is made where the one before is gone from QuickBooks. */
  @Column({ name: 'generation', type: 'integer', default: 1 })
  generation!: number;

  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  /** What is credited, before tax. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;

  /** As QuickBooks has it, with tax; null until it is made. */
  @CentsColumn({ name: 'total_cents', nullable: true })
  totalCents!: number | null;

  @CentsColumn({ name: 'tax_cents', nullable: true })
  taxCents!: number | null;

  /** What of it is on no invoice. */
  @CentsColumn({ name: 'balance_cents', nullable: true })
  balanceCents!: number | null;

  @Column({ name: 'number', type: 'text', nullable: true })
  number!: string | null;

  /** Null until QuickBooks has it. */
  @Column({ name: 'state', type: 'text', nullable: true })
  state!: CreditMemoState | null;

  @Column({ name: 'txn_date', type: 'date', nullable: true })
  txnDate!: CalendarDay | null;

  @Column({ name: 'qbo_realm_id', type: 'text', nullable: true })
  qboRealmId!: string | null;

  @Column({ name: 'qbo_credit_memo_id', type: 'text', nullable: true })
  qboCreditMemoId!: string | null;

  @BigIntColumn({ name: 'qbo_sync_token', nullable: true })
  qboSyncToken!: number | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
