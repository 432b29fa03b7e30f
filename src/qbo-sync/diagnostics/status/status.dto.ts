import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

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
