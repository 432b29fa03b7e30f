import { Column, Entity, PrimaryColumn } from 'typeorm';
import { CentsColumn } from '../../platform/database/statements/columns.js';

/** What proves that a customer approved a change order, and exactly what. Written once, never changed. */
@Entity('change_order_approvals')
export class ChangeOrderApproval {
  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @PrimaryColumn({ name: 'change_order_id', type: 'integer' })
  changeOrderId!: number;

  @Column({ name: 'link_id', type: 'integer' })
  linkId!: number;

  /** As the customer typed it. */
  @Column({ name: 'signer_name', type: 'text' })
  signerName!: string;

  @Column({ name: 'approved_at', type: 'timestamptz' })
  approvedAt!: Date;

  @Column({ name: 'ip', type: 'text' })
  ip!: string;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @CentsColumn({ name: 'delta_cents' })
  deltaCents!: number;

  /** What the contract comes to with it. */
  @CentsColumn({ name: 'value_cents' })
  valueCents!: number;

  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  /** SHA-256 of what was approved. */
  @Column({ name: 'content_hash', type: 'bytea' })
  contentHash!: Buffer;

  /** Which fields the hash covers. */
  @Column({ name: 'content_version', type: 'smallint', default: 1 })
  contentVersion!: number;
}
