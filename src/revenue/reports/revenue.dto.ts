import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { REVENUE_POLICIES } from '../../orgs/settings/org-settings.entity.js';
import { REVENUE_ITEMS, type RevenueItem } from '../events/revenue-event.js';
import {
  DocumentsPath,
  NewestInvoiceUrl,
  QboRealmId,
  QboUrl,
  TimelinePath,
} from '../../reports/report-links.decorator.js';
import { REVENUE_BASES, type RevenueBasis } from '../revenue-basis.js';

const GROUPINGS = ['month', 'proposal', 'customer', 'item'] as const;
const FORMATS = ['json', 'csv'] as const;

export class RevenueQuery {
  @ApiPropertyOptional({
    enum: REVENUE_BASES,
    default: 'accrual',
    description: '`accrual`: what was earned; `cash`: the money that came in and went back, before tax',
  })
  @IsOptional()
  @IsIn(REVENUE_BASES)
  basis: RevenueBasis = 'accrual';

  @ApiPropertyOptional({ example: '2026-01-01', description: 'The first day; left out: of the year of `to`' })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({
    example: '2026-03-31',
    description: 'The last day, included; left out: of the month it is',
  })
  @IsOptional()
  @IsString()
  to?: string;

  @ApiPropertyOptional({ enum: GROUPINGS, default: 'month' })
  @IsOptional()
  @IsIn(GROUPINGS)
  by: (typeof GROUPINGS)[number] = 'month';

  @ApiPropertyOptional({ enum: REVENUE_ITEMS, description: 'Of this item alone' })
  @IsOptional()
  @IsIn(REVENUE_ITEMS)
  item?: RevenueItem;

  @ApiPropertyOptional({ enum: FORMATS, default: 'json' })
  @IsOptional()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'json';
}

export class RevenueTotalView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 1250000 })
  earned_cents!: number;
}

export class RevenueRowView extends RevenueTotalView {
  @ApiProperty({ example: '2026-03', description: 'A month, the id of a proposal or customer, or an item' })
  key!: string;

  @ApiProperty({ example: '2026-03' })
  label!: string;

  @ApiPropertyOptional({ type: Number, example: 7 })
  proposal_id?: number;

  @ApiPropertyOptional({ type: Number, nullable: true, example: 3 })
  customer_id?: number | null;

  @ApiPropertyOptional({ example: '/proposals/7/timeline' })
  timeline?: string;

  @DocumentsPath('/reports/revenue?basis=accrual&by=proposal&from=2026-03-01&to=2026-03-31')
  documents!: string | null;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @QboUrl('The newest invoice of the proposal, or the customer, in QuickBooks; null: not there')
  qbo_url!: string | null;
}

export class RevenueView {
  @ApiProperty({ enum: REVENUE_BASES })
  basis!: RevenueBasis;

  @ApiProperty({ enum: REVENUE_POLICIES, description: 'Of proposals that are approved now' })
  policy!: string;

  @ApiProperty({ example: '2026-01-01' })
  from!: string;

  @ApiProperty({ example: '2026-03-31' })
  to!: string;

  @ApiProperty({ enum: GROUPINGS })
  by!: (typeof GROUPINGS)[number];

  @ApiProperty({ type: [RevenueRowView] })
  rows!: RevenueRowView[];

  @ApiProperty({ type: [RevenueTotalView], description: 'One for each currency' })
  totals!: RevenueTotalView[];
}

export class DeferredRevenueQuery {
  @ApiPropertyOptional({ example: '2026-03', description: 'Left out: the month it is' })
  @IsOptional()
  @IsString()
  month?: string;

  @ApiPropertyOptional({ enum: FORMATS, default: 'json' })
  @IsOptional()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'json';
}

class DeferredAmounts {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 375000, description: 'Billed and not earned at the end of the month before' })
  opening_cents!: number;

  @ApiProperty({ example: 0, description: 'Invoiced before tax, with what is withheld as retainage' })
  billed_cents!: number;

  @ApiProperty({ example: 375000 })
  earned_cents!: number;

  @ApiProperty({ example: 0, description: 'Credited, and refunded of what was billed' })
  refunded_cents!: number;

  @ApiProperty({ example: 0, description: 'What belongs to closed months and was learned later' })
  adjustment_cents!: number;

  @ApiProperty({
    example: 0,
    description: 'opening + billed - earned - refunded + adjustment; below zero: earned and not billed yet',
  })
  closing_cents!: number;
}

export class DeferredRowView extends DeferredAmounts {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ type: String, example: 'Roof of 12 Elm Street', nullable: true })
  proposal_name!: string | null;

  @ApiProperty({ type: String, example: 'Ann Ruiz', nullable: true, description: 'By name, or else e-mail' })
  customer_name!: string | null;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @TimelinePath()
  timeline!: string;

  @NewestInvoiceUrl()
  qbo_url!: string | null;
}

export class DeferredTotalView extends DeferredAmounts {
  @ApiProperty({ example: 0, description: 'The closing balances above zero: owed to customers in work' })
  liability_cents!: number;

  @ApiProperty({ example: 0, description: 'The closing balances below zero, as a positive amount' })
  asset_cents!: number;
}

export class DeferredRevenueView {
  @ApiProperty({ example: '2026-03' })
  month!: string;

  @ApiProperty({ type: [DeferredRowView] })
  rows!: DeferredRowView[];

  @ApiProperty({ type: [DeferredTotalView], description: 'One for each currency' })
  totals!: DeferredTotalView[];
}
