import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn, DecimalColumn } from '../../platform/database/statements/columns.js';

/** One line of a proposal, in the order of `position` from 1. */
@Entity('proposal_lines')
export class ProposalLine {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'position', type: 'integer' })
  position!: number;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  /** Greater than 0, up to four decimals. */
  @DecimalColumn({ name: 'quantity', precision: 14, scale: 4 })
  quantity!: number;

  /** Negative on a discount line. */
  @CentsColumn({ name: 'unit_price_cents' })
  unitPriceCents!: number;

  /** Quantity times unit price, half up to the cent. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;
}
