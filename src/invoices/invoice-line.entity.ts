import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn } from '../platform/database/statements/columns.js';

/**
 * - `work`: a share of a line of the contract
 * - `deposit`: the deposit as it is billed, or, negative, as it is taken off or released
 * - `retainage`: what is withheld (negative), or billed at the end
 */
export type InvoiceLineKind = 'work' | 'deposit' | 'retainage';

/** One line of an invoice as it is asked of QuickBooks, in the order of `position` from 1. */
@Entity('invoice_lines')
export class InvoiceLine {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'invoice_id', type: 'integer' })
  invoiceId!: number;

  @Column({ name: 'position', type: 'integer' })
  position!: number;

  @Column({ name: 'kind', type: 'text' })
  kind!: InvoiceLineKind;

  /** Of work: the contract's line that it is a share of. */
  @Column({ name: 'contract_line_id', type: 'integer', nullable: true })
  contractLineId!: number | null;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  @CentsColumn({ name: 'amount_cents' })
  amountCents!: number;
}
