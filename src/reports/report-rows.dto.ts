import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { QueryNumber } from '../platform/http/decorators/query.decorator.js';

/** Which rows of a report with a row for each document are asked for in JSON. */
export class ReportRowsQuery {
  @ApiPropertyOptional({
    minimum: 1,
    maximum: 10_000,
    default: 1_000,
    description: 'Rows of single documents in one answer; a CSV file has all of them',
  })
  @IsOptional()
  @QueryNumber()
  @IsInt()
  @Min(1)
  @Max(10_000)
  limit: number = 1_000;

  @ApiPropertyOptional({ description: '`next_cursor` of the answer before' })
  @IsOptional()
  @IsString()
  cursor?: string;
}
