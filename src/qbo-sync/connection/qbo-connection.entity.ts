import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { QboEnvironment } from '../../platform/config/config.js';
import { BigIntColumn } from '../../platform/database/statements/columns.js';

/** `needs_reauth`: Intuit no longer accepts our tokens; only a person can connect again. */
export type ConnectionState = 'connected' | 'needs_reauth' | 'disconnected';

/** The QuickBooks company of one organisation, with its encrypted tokens. The row outlives a disconnect. */
@Entity('qbo_tokens')
export class QboConnection {
  @PrimaryColumn({ type: 'integer', name: 'org_id' }) orgId!: number;
  @Column({ type: 'text', name: 'realm_id' }) realmId!: string;
  @Column({ type: 'text' }) env!: QboEnvironment;
  @Column({ type: 'text', name: 'company_name', nullable: true }) companyName!: string | null;
  @Column({ type: 'text' }) state!: ConnectionState;
  @Column({ type: 'text', name: 'access_token_sealed', nullable: true }) accessTokenEncrypted!: string | null;
  @Column({ type: 'text', name: 'refresh_token_sealed', nullable: true })
  refreshTokenEncrypted!: string | null;
  @Column({ type: 'timestamptz', name: 'access_expires_at', nullable: true }) accessExpiresAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'refresh_expires_at', nullable: true }) refreshExpiresAt!: Date | null;
  /** The end that no refresh moves, five years after the consent. */
  @Column({ type: 'timestamptz', name: 'refresh_hard_expires_at', nullable: true })
  refreshHardExpiresAt!: Date | null;
  /** Grows with every pair of tokens: whoever stores a pair says which one it replaces. */
  @BigIntColumn({ name: 'token_version' }) tokenVersion!: number;
  @BigIntColumn({ name: 'refresh_lease_token', default: 0 }) refreshLeaseToken!: number;
  @Column({ type: 'timestamptz', name: 'refresh_lease_until', nullable: true })
  refreshLeaseUntil!: Date | null;
  @Column({ type: 'integer', name: 'connected_by', nullable: true }) connectedBy!: number | null;
  @Column({ type: 'timestamptz', name: 'connected_at' }) connectedAt!: Date;
  @Column({ type: 'timestamptz', name: 'disconnected_at', nullable: true }) disconnectedAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'last_call_at', nullable: true }) lastCallAt!: Date | null;
  @Column({ type: 'text', name: 'last_error', nullable: true }) lastError!: string | null;
  @Column({ type: 'timestamptz', name: 'updated_at' }) updatedAt!: Date;
}
