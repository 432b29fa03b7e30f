import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A refusal as it is shown: HTTP status, stable code and a sentence. */
export interface ConsentFailure {
  status: number;
  code: string;
  detail: string;
}

/** A consent that was begun: who asked, and until when the answer counts. The state itself is kept nowhere. */
@Entity('qbo_oauth_states')
export class OauthState {
  /** SHA-256 of the state in the authorize URL. */
  @PrimaryColumn({ type: 'bytea', name: 'state_hash' }) stateHash!: Buffer;
  @Column({ type: 'integer', name: 'org_id' }) orgId!: number;
  @Column({ type: 'integer', name: 'user_id' }) userId!: number;
  /** SHA-256 of the cookie that whoever began was given. */
  @Column({ type: 'bytea', name: 'browser_hash' }) browserHash!: Buffer;
  /** Of the person's tokens for the organisation, at the start: a new password changes it, and deactivation. */
  @Column({ type: 'integer', name: 'token_epoch' }) tokenEpoch!: number;
  /** The person chose to connect another company than the one before. */
  @Column({ type: 'boolean', name: 'replace_company' }) replaceCompany!: boolean;
  @Column({ type: 'timestamptz', name: 'created_at' }) createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'expires_at' }) expiresAt!: Date;
  @Column({ type: 'timestamptz', name: 'used_at', nullable: true }) usedAt!: Date | null;
  /** Why nothing was connected, where the state was used and that is known. */
  @Column({ type: 'jsonb', name: 'failure', nullable: true }) failure!: ConsentFailure | null;
}
