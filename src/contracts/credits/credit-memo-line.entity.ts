import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn } from '../../platform/database/statements/columns.js';

/** What a credit memo takes back of one line of a contract, in the order of `position` from 1. */
@Entity('credit_memo_lines')
export class CreditMemoLine {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'credit_memo_id', type: 'integer' })
  creditMemoId!: number;

  @Column({ name: 'position', type: 'integer' })
  position!: number;

  @Column({ name: 'contract_line_id', type: 'integer' })
  contractLineId!: number;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  /** Negative of a line that is added by the same change order. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;
}
