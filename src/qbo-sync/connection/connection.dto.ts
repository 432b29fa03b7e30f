import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import type { Freshness } from '../pull/change-feed/sync-cursors.repository.js';
import type { Connected } from './connect.service.js';
import type { ConnectionStatus } from './connection.service.js';

export class StartConsentQuery {
  @ApiPropertyOptional({
    description: 'Leave the company connected before for another one. Links to the old one stay as they are.',
    default: false,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  replace_company: boolean = false;
}

export class AuthorizationView {
  @ApiProperty({ example: 'https://appcenter.intuit.com/connect/oauth2?client_id=…&state=…' })
  authorization_url!: string;
}

export class ConnectedView {
  @ApiProperty({ enum: ['connected'] })
  status!: 'connected';

  @ApiProperty({ example: '9341457021722202' })
  realm_id!: string;

  @ApiProperty({ enum: ['sandbox', 'production'] })
  env!: string;

  @ApiProperty({ example: 1 })
  org_id!: number;
}

export class DisconnectedView {
  @ApiProperty({ enum: ['disconnected'] })
  status!: 'disconnected';
}

export class ConnectionStatusView {
  @ApiProperty({ example: true })
  connected!: boolean;

  @ApiProperty({ example: false, description: 'Intuit no longer accepts our access: connect again' })
  needs_reauth!: boolean;

  @ApiPropertyOptional({ example: '9341457021722202', description: 'The company it is, or was before' })
  realm_id?: string;

  @ApiPropertyOptional({ enum: ['sandbox', 'production'] })
  env?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Acme Roofing LLC' })
  company_name?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Of the access token; it is renewed by itself',
  })
  expires_at?: string | null;

  @ApiPropertyOptional({ example: false, description: 'The access token has ended; the next call renews it' })
  expired?: boolean;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Unless something is called before',
  })
  refresh_expires_at?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The end that no call moves: connect again before it',
  })
  refresh_hard_expires_at?: string | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  last_call_at?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When changes were last asked for, and when they are next',
  })
  last_sweep_at?: string | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  next_sweep_at?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When Intuit last told of a change by itself',
  })
  last_webhook_at?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When every linked invoice was last compared',
  })
  last_compared_at?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  last_error?: string | null;
}

export function connectedView({ company }: Connected): ConnectedView {
  return { status: 'connected', realm_id: company.realmId, env: company.env, org_id: company.orgId };
}

/** A company that is not connected is told by id and name alone. */
export function connectionStatusView(
  status: ConnectionStatus,
  freshness: Freshness | null,
): ConnectionStatusView {
  const { connected, needsReauth, connection, expired } = status;
  const base = { connected, needs_reauth: needsReauth };
  if (connection === null) return base;
  const known = {
    ...base,
    realm_id: connection.realmId,
    env: connection.env,
    company_name: connection.companyName,
  };
  if (!connected) return { ...known, last_error: connection.lastError };
  return {
    ...known,
    expires_at: connection.accessExpiresAt?.toISOString() ?? null,
    expired,
    refresh_expires_at: connection.refreshExpiresAt?.toISOString() ?? null,
    refresh_hard_expires_at: connection.refreshHardExpiresAt?.toISOString() ?? null,
    last_call_at: connection.lastCallAt?.toISOString() ?? null,
    last_sweep_at: freshness?.sweptAt?.toISOString() ?? null,
    next_sweep_at: freshness?.nextSweepAt.toISOString() ?? null,
    last_webhook_at: freshness?.webhookAt?.toISOString() ?? null,
    last_compared_at: freshness?.comparedAt?.toISOString() ?? null,
    last_error: connection.lastError,
  };
}
