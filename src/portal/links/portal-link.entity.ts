import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '../../platform/database/statements/columns.js';

export type EmailState = 'queued' | 'sent' | 'failed';

/** A way for a customer to one proposal. Of its token only the SHA-256 is kept. */
@Entity('portal_links')
export class PortalLink {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @PrimaryColumn({ name: 'org_id', type: 'integer' })
  orgId!: number;

  @Column({ name: 'proposal_id', type: 'integer' })
  proposalId!: number;

  @Column({ name: 'token_hash', type: 'bytea' })
  tokenHash!: Buffer;

  /** The person who made it, and whom the customer may ask. */
  @Column({ name: 'created_by', type: 'integer' })
  createdBy!: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'last_viewed_at', type: 'timestamptz', nullable: true })
  lastViewedAt!: Date | null;

  /** When the customer was last sent to pay by this link. */
  @Column({ name: 'pay_started_at', type: 'timestamptz', nullable: true })
  payStartedAt!: Date | null;

  @Column({ name: 'emailed_to', type: 'text', nullable: true })
  emailedTo!: string | null;

  /** Null where the link is not to be e-mailed. */
  @Column({ name: 'email_state', type: 'text', nullable: true })
  emailState!: EmailState | null;

  /** The token itself, encrypted, as long as it waits to be e-mailed. */
  @Column({ name: 'email_token_sealed', type: 'text', nullable: true })
  emailTokenEncrypted!: string | null;

  /** Deliveries that failed. */
  @Column({ name: 'email_attempts', type: 'integer', default: 0 })
  emailAttempts!: number;

  @Column({ name: 'email_next_attempt_at', type: 'timestamptz', nullable: true })
  emailNextAttemptAt!: Date | null;

  /** Grows with every worker that takes the e-mail to send it. */
  @BigIntColumn({ name: 'email_lease_token', default: 0 })
  emailLeaseToken!: number;

  @Column({ name: 'email_lease_until', type: 'timestamptz', nullable: true })
  emailLeaseUntil!: Date | null;

  /** When the mail server accepted it. */
  @Column({ name: 'emailed_at', type: 'timestamptz', nullable: true })
  emailedAt!: Date | null;

  /** Why the last delivery failed, without addresses. */
  @Column({ name: 'email_problem', type: 'text', nullable: true })
  emailProblem!: string | null;
}
