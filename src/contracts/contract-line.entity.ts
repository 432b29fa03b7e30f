import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn } from '../platform/database/statements/columns.js';

/** One line of a contract, in the order of `position` from 1. The lines sum to its value. */
@Entity('contract_lines')
export class ContractLine {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'contract_id', type: 'integer' })
  contractId!: number;

  /** The change order that brought it; null on what was approved first. */
  @Column({ name: 'change_order_id', type: 'integer', nullable: true })
  changeOrderId!: number | null;

  @Column({ name: 'position', type: 'integer' })
  position!: number;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  /** Negative on a discount line. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;
}
