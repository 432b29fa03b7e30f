import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContentVersion } from './proposal-content.js';
import { CentsColumn } from '../../platform/database/statements/columns.js';

/** What proves that a customer approved a proposal, and exactly what. Written once, never changed. */
@Entity('proposal_approvals')
export class ProposalApproval {
  @PrimaryColumn({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

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

  @CentsColumn({ name: 'total_cents' })
  totalCents!: number;

  @Column({ name: 'currency', type: 'char', length: 3 })
  currency!: string;

  /** SHA-256 of what was approved. */
  @Column({ name: 'content_hash', type: 'bytea' })
  contentHash!: Buffer;

  /** Which fields the hash covers. */
  @Column({ name: 'content_version', type: 'smallint', default: 1 })
  contentVersion!: ContentVersion;
}
