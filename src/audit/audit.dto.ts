import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { NormalizedText } from '../platform/http/decorators/text.decorator.js';
import { PageQuery } from '../platform/http/lists/page.dto.js';
import { AUDIT_ACTIONS, type AuditAction } from './audit-action.js';
import type { AuditValues } from './audit-values.js';

const DAY_OR_INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const WHEN = {
  example: '2026-03-01',
  pattern: DAY_OR_INSTANT.source,
  description: 'a day where the organisation works, or an ISO 8601 instant',
};

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ example: '3', maxLength: 254, description: 'number or e-mail address of a person' })
  @IsOptional()
  @NormalizedText()
  @IsString()
  @MaxLength(254)
  actor?: string;

  @ApiPropertyOptional({
    example: 'invoice',
    maxLength: 100,
    description: 'an action, or the part before its dot',
  })
  @IsOptional()
  @Matches(/^[a-z_]+(\.[a-z_]+)?$/, { message: 'action must be one like invoice.requested, or invoice' })
  @MaxLength(100)
  action?: string;

  @ApiPropertyOptional({ ...WHEN, description: `from then on; ${WHEN.description}` })
  @IsOptional()
  @Matches(DAY_OR_INSTANT, { message: 'from must be a day (YYYY-MM-DD) or an ISO 8601 instant' })
  from?: string;

  @ApiPropertyOptional({ ...WHEN, description: `up to then, the day included; ${WHEN.description}` })
  @IsOptional()
  @Matches(DAY_OR_INSTANT, { message: 'to must be a day (YYYY-MM-DD) or an ISO 8601 instant' })
  to?: string;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

export class AuditActorView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ example: 'ada@acme.test' })
  email!: string;

  @ApiProperty({ example: 'Ada Acme' })
  full_name!: string;
}

const VALUES = { type: 'object' as const, additionalProperties: true, nullable: true };

export class AuditEntryView {
  @ApiProperty({ example: '2026-03-02T17:00:04.211Z' })
  at!: string;

  @ApiProperty({
    type: AuditActorView,
    nullable: true,
    description: 'Null: a customer at a link, a command of the operator, or a sign-in that failed',
  })
  actor!: AuditActorView | null;

  @ApiProperty({ enum: Object.keys(AUDIT_ACTIONS), example: 'invoice.void_requested' })
  action!: AuditAction;

  @ApiProperty({ example: 'invoice:12' })
  subject!: string;

  @ApiProperty({ ...VALUES, example: { roles: ['sales'] } })
  before!: AuditValues | null;

  @ApiProperty({ ...VALUES, example: { roles: ['admin'] } })
  after!: AuditValues | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.9' })
  ip!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '0d6f7c3a-8f0e-4f57-9f0e-1f6f5a5f2b7e' })
  request_id!: string | null;
}
