import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn, DecimalColumn } from '../../platform/database/statements/columns.js';

/** One line of a change order, in the order of `position` from 1. Approved, it is a line of the contract. */
@Entity('change_order_lines')
export class ChangeOrderLine {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'change_order_id', type: 'integer' })
  changeOrderId!: number;

  @Column({ name: 'position', type: 'integer' })
  position!: number;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  /** Greater than 0, up to four decimals. */
  @DecimalColumn({ name: 'quantity', precision: 14, scale: 4 })
  quantity!: number;

  /** Negative where something is left out. */
  @CentsColumn({ name: 'unit_price_cents' })
  unitPriceCents!: number;

  /** Quantity times unit price, half up to the cent. */
  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;
}
