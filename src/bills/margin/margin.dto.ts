import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { REVENUE_POLICIES } from '../../orgs/settings/org-settings.entity.js';
import { MARGIN_UNKNOWN } from './margin.js';
import { NewestInvoiceUrl, QboRealmId, TimelinePath } from '../../reports/report-links.decorator.js';

/** So many costs that no job bears are listed with a report. */
export const UNALLOCATED_MAX = 1_000;
const FORMATS = ['json', 'csv'] as const;

export class MarginQuery {
  @ApiPropertyOptional({
    example: '2026-01-01',
    description: 'The first day; from the beginning where left out',
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-31', description: 'The last day; to the end where left out' })
  @IsOptional()
  @IsString()
  to?: string;

  @ApiPropertyOptional({ enum: FORMATS, default: 'json' })
  @IsOptional()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'json';
}

export class UnallocatedCostView {
  @ApiProperty({ example: 'bill-145' })
  bill_id!: string;

  @ApiProperty({ example: 2 })
  line!: number;

  @ApiProperty({ type: String, nullable: true, example: 'Norton Lumber and Building Materials' })
  vendor_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'INV-2201' })
  number!: string | null;

  @ApiProperty({ example: '2026-03-02' })
  txn_on!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Shingles' })
  description!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 3,
    description: 'Of ours, where its name is on the line',
  })
  customer_id!: number | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 5000 })
  amount_cents!: number;

  @ApiProperty({
    example: 'https://qbo.intuit.com/app/login?pagereq=bill?txnId=145&deeplinkcompanyid=9130357992221046',
  })
  qbo_url!: string;
}

export class ForeignCostView {
  @ApiProperty({ example: 'EUR' })
  currency!: string;

  @ApiProperty({ example: 20000 })
  cost_cents!: number;
}

export class MarginSumsView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 3444000, description: "Earned by the job's policy, before tax, less credits" })
  revenue_cents!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 1890000,
    description:
      'What bills, credits and purchases it bears; null: not known, no company is connected, or an invoice of it ' +
      'stands in one that was never read; in totals as soon as that of one row is',
  })
  cost_cents!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 10905,
    description:
      'What Stripe kept of what was paid; null: not known, or in another currency, and not taken off',
  })
  fees_cents!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 1543095,
    description:
      'Revenue less cost, and less the fees; before the fees where they are null; null where cost_cents is, or some ' +
      'costs are in another currency; in totals as soon as that of one row is',
  })
  margin_cents!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0,
    description:
      'Costs that no proposal bears, also of companies that were connected before, as far as they were read: of the ' +
      'same customer, the same in each row of one, null where cost_cents is; in totals of everybody, each once, null ' +
      'while no company is connected',
  })
  unallocated_cents!: number | null;
}

export class MarginTotalView extends MarginSumsView {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0,
    description:
      'Costs in this currency that jobs in another currency bear: they stand in `foreign_costs` there, and in no ' +
      'cost_cents',
  })
  foreign_cost_cents!: number | null;
}

export class MarginRowView extends MarginSumsView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 'Roof of 12 Elm Street' })
  proposal_name!: string;

  @ApiProperty({ type: String, example: 'Ann Ruiz', nullable: true, description: 'By name, or else e-mail' })
  customer_name!: string | null;

  @ApiProperty({ enum: REVENUE_POLICIES, description: 'When its revenue is earned' })
  policy!: string;

  @ApiProperty({ type: Number, nullable: true, example: 44.81 })
  margin_percent!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0,
    description: 'Costs that are proposed to it and not decided: the margin would be so much less',
  })
  proposed_cents!: number | null;

  @ApiProperty({
    type: [ForeignCostView],
    description: 'Costs in other currencies, which are added to nothing',
  })
  foreign_costs!: ForeignCostView[];

  @ApiProperty({
    enum: MARGIN_UNKNOWN,
    isArray: true,
    description:
      'What the margin lacks. `accounts`: the chart of accounts may not be read, so that lines which cost nothing, ' +
      'as on receivables or a bank account, are among the costs',
  })
  unknown!: string[];

  @QboRealmId()
  qbo_realm_id!: string | null;

  @TimelinePath()
  timeline!: string;

  @NewestInvoiceUrl()
  qbo_url!: string | null;
}

export class MarginView extends MarginRowView {
  @ApiProperty({ type: [UnallocatedCostView], description: 'Of the same customer, in the connected company' })
  unallocated!: UnallocatedCostView[];
}

export class MarginReportView {
  @ApiProperty({ type: [MarginRowView] })
  rows!: MarginRowView[];

  @ApiProperty({ type: [MarginTotalView] })
  totals!: MarginTotalView[];

  @ApiProperty({
    type: [UnallocatedCostView],
    description:
      `Costs of these days that no proposal bears, the newest ${UNALLOCATED_MAX} of them: of the connected company ` +
      'alone, as nobody can allocate those of one before',
  })
  unallocated!: UnallocatedCostView[];

  @ApiProperty({
    example: 1,
    description:
      'How many there are in the connected company; `GET /bills?allocation=missing` lists them all',
  })
  unallocated_count!: number;
}
