import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A consent that was begun: who asked, and until when the answer counts. The state itself is kept nowhere. */
@Entity('qbo_oauth_states')
export class OauthState {
  /** SHA-256 of the state in the authorize URL. */
  @PrimaryColumn({ type: 'bytea', name: 'state_hash' }) stateHash!: Buffer;
  @Column({ type: 'integer', name: 'org_id' }) orgId!: number;
  @Column({ type: 'integer', name: 'user_id' }) userId!: number;
  /** SHA-256 of the cookie of the browser that began; null when a program did. */
  @Column({ type: 'bytea', name: 'browser_hash', nullable: true }) browserHash!: Buffer | null;
  /** The person chose to connect another company than the one before. */
  @Column({ type: 'boolean', name: 'replace_company' }) replaceCompany!: boolean;
  @Column({ type: 'timestamptz', name: 'created_at' }) createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'expires_at' }) expiresAt!: Date;
  @Column({ type: 'timestamptz', name: 'used_at', nullable: true }) usedAt!: Date | null;
}
