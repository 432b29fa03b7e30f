import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { CentsColumn, DecimalColumn } from '../../platform/database/statements/columns.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

/** One step by which a contract is billed. What it comes to, and whether it is billed, follows from the invoices. */
@Entity('contract_entries')
export class ContractEntry {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'contract_id', type: 'integer' })
  contractId!: number;

  /** The change order that it bills, where the final invoice was out before; else null. */
  @Column({ name: 'change_order_id', type: 'integer', nullable: true })
  changeOrderId!: number | null;

  /** Its place in the schedule, from 1. */
  @Column({ name: 'number', type: 'integer' })
  number!: number;

  @Column({ name: 'kind', type: 'text' })
  kind!: InvoiceKind;

  /** Which of its kind, from 1: that of its invoice. */
  @Column({ name: 'sequence', type: 'integer', default: 1 })
  sequence!: number;

  /** Of progress: its own share of the contract's value; null where it has an amount. */
  @DecimalColumn({ name: 'percent', precision: 5, scale: 2, nullable: true })
  percent!: number | null;

  @CentsColumn({ name: 'amount_cents', nullable: true })
  amountCents!: number | null;

  /** What has to be reached before it is billed. */
  @Column({ name: 'milestone', type: 'text', nullable: true })
  milestone!: string | null;

  /** The day on which it is billed by itself. */
  @Column({ name: 'trigger_on', type: 'date', nullable: true })
  triggerOn!: CalendarDay | null;
}
