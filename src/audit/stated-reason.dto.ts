import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { OneLine } from '../platform/http/decorators/text.decorator.js';

/** Of what a person says why they decided something. */
export const REASON_LENGTH_MAX = 500;

/** Why a person decides something, in their words. It is kept in the audit log, and asked of nobody. */
export class StatedReason {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Agreed with the customer on the telephone',
    maxLength: REASON_LENGTH_MAX,
    description: 'Stands in the audit log',
  })
  @IsOptional()
  @OneLine(REASON_LENGTH_MAX)
  reason?: string | null;
}
