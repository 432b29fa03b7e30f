import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString } from 'class-validator';
import { IfGiven } from '../../platform/http/decorators/text.decorator.js';
import { OptionalTimelinePath, QboUrl } from '../../reports/report-links.decorator.js';
import { REVENUE_BASES, type RevenueBasis } from '../revenue-basis.js';

export class CompareRevenue {
  @ApiPropertyOptional({ enum: REVENUE_BASES, default: 'accrual' })
  @IfGiven()
  @IsIn(REVENUE_BASES)
  basis: RevenueBasis = 'accrual';

  @ApiPropertyOptional({ example: '2026-01-01', description: 'Left out: the first day of the year of `to`' })
  @IfGiven()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-31', description: 'Left out: today' })
  @IfGiven()
  @IsString()
  to?: string;
}

export class DifferenceDocumentView {
  @ApiProperty({ example: 'Invoice', description: "QuickBooks' type; `crm`: it has no document of it" })
  type!: string;

  @ApiProperty({ example: '145' })
  id!: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 7,
    description: 'Null: of no proposal, or of several',
  })
  proposal_id!: number | null;

  @ApiProperty({ example: 375000 })
  ours_cents!: number;

  @ApiProperty({ example: 0 })
  quickbooks_cents!: number;

  @OptionalTimelinePath()
  timeline!: string | null;

  @QboUrl()
  qbo_url!: string | null;
}

export class DifferenceView {
  @ApiProperty({ example: 'policy', description: 'docs/accounting.md lists them' })
  reason!: string;

  @ApiProperty({ example: -375000, description: "QuickBooks' income less ours" })
  cents!: number;

  @ApiProperty({
    type: [DifferenceDocumentView],
    description: 'At most 100; `document_count` says of how many',
  })
  documents!: DifferenceDocumentView[];

  @ApiProperty({ example: 1 })
  document_count!: number;
}

export class RevenueComparisonItem {
  @ApiProperty({
    example: 'USD',
    description: "The company's home currency, in which its profit and loss is",
  })
  currency!: string;

  @ApiProperty({ example: 1250000 })
  ours_cents!: number;

  @ApiProperty({ example: 875000 })
  quickbooks_cents!: number;

  @ApiProperty({ example: -375000, description: 'The sum of the reasons' })
  difference_cents!: number;

  @ApiProperty({ example: 0 })
  unexplained_cents!: number;

  @ApiProperty({ type: [DifferenceView] })
  reasons!: DifferenceView[];
}

export class RevenueComparisonView {
  @ApiProperty({ enum: REVENUE_BASES })
  basis!: RevenueBasis;

  @ApiProperty({ example: '2026-01-01' })
  from!: string;

  @ApiProperty({ example: '2026-03-31' })
  to!: string;

  @ApiProperty({ type: [RevenueComparisonItem] })
  items!: RevenueComparisonItem[];
}
