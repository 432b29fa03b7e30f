import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class MarginQuery {
  @ApiPropertyOptional({ example: '2026-01-01' })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-31' })
  @IsOptional()
  @IsString()
  to?: string;
}

class MarginSums {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 3444000, description: 'Invoiced before tax, less credits' })
  revenue_cents!: number;

  @ApiProperty({ example: 1890000, description: 'What bills, credits and purchases it bears' })
  cost_cents!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 10905,
    description:
      'What Stripe kept of what was paid; null: not known, or in another currency, and not taken off',
  })
  fees_cents!: number | null;

  @ApiProperty({
    example: 1543095,
    description: 'Revenue less cost, and less the fees; before the fees where they are null',
  })
  margin_cents!: number;

  @ApiProperty({ example: 0, description: 'Costs of the same customer that no proposal bears' })
  unallocated_cents!: number;
}

export class MarginView extends MarginSums {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ type: Number, nullable: true, example: 44.81 })
  margin_percent!: number | null;
}

export class MarginReportView {
  @ApiProperty({ type: [MarginView] })
  rows!: MarginView[];

  @ApiProperty({ type: [MarginSums] })
  totals!: MarginSums[];
}
