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

  @ApiProperty({ example: 1554000, description: 'Revenue less cost, and less the fees where they are known' })
  margin_cents!: number;

  @ApiProperty({ example: 0, description: 'Costs of the same customer that no proposal bears' })
  unallocated_cents!: number;
}

export class MarginView extends MarginSums {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'What Stripe kept; null: not known',
  })
  fees_cents!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 45.12 })
  margin_percent!: number | null;
}

export class MarginReportView {
  @ApiProperty({ type: [MarginView] })
  rows!: MarginView[];

  @ApiProperty({ type: [MarginSums] })
  totals!: MarginSums[];
}
