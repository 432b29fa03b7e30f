import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { CentsColumn } from '../../platform/database/statements/columns.js';

/**
 * - `draft`: waits for the customer, or for somebody of the organisation
 * - `approved`: part of the contract
 * - `void`: withdrawn
 */
export type ChangeOrderState = 'draft' | 'approved' | 'void';

/** A change of what was approved, up or down, by lines of its own. */
@Entity('change_orders')
export class ChangeOrder {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'contract_id', type: 'integer' })
  contractId!: number;

  /** Which of its contract, from 1. */
  @Column({ name: 'number', type: 'integer' })
  number!: number;

  @Column({ name: 'description', type: 'text' })
  description!: string;

  @Column({ name: 'state', type: 'text', default: 'draft' })
  state!: ChangeOrderState;

  /** The sum of its lines, before tax; negative where the contract comes to less. */
  @CentsColumn({ name: 'delta_cents' })
  deltaCents!: number;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** Who approved, as `user:7`, or `link:3` where the customer signed by a link. */
  @Column({ name: 'approved_by', type: 'text', nullable: true })
  approvedBy!: string | null;

  @Column({ name: 'approved_at', type: 'timestamptz', nullable: true })
  approvedAt!: Date | null;

  /** Why somebody of the organisation approved in the customer's place. */
  @Column({ name: 'reason', type: 'text', nullable: true })
  reason!: string | null;

  /** Who called it off, and when: kept as evidence, and shown nowhere. */
  @Column({ name: 'voided_by', type: 'text', nullable: true })
  voidedBy!: string | null;

  @Column({ name: 'voided_at', type: 'timestamptz', nullable: true })
  voidedAt!: Date | null;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
