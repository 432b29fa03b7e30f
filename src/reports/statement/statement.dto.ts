import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { STATEMENT_KINDS, type StatementKind } from './statement.js';
import { OptionalTimelinePath, QboRealmId, QboUrl } from '../report-links.decorator.js';
import { COUNTED_BY_ACCOUNT, type CountedByAccount } from '../counted-by-account.js';

export class StatementQuery {
  @ApiPropertyOptional({
    example: '2026-01-01',
    description: 'Its first day; from the beginning where left out',
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ example: '2026-03-31', description: 'Its last day; today where left out' })
  @IsOptional()
  @IsString()
  to?: string;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

export class StatementRowView {
  @ApiProperty({ example: '2026-03-10' })
  on!: string;

  @ApiProperty({
    enum: STATEMENT_KINDS,
    description: '`adjustment`: what QuickBooks says is open and no payment or credit accounts for',
  })
  kind!: StatementKind;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'CRM-7',
    description: 'Of the invoice, or of the document that is on none',
  })
  number!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'None for money and credits as far as they are on no invoice',
  })
  invoice_id!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  proposal_id!: number | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({
    example: -375000,
    description:
      'An invoice above zero, what settles it below; above zero too what an invoice takes of a credit',
  })
  amount_cents!: number;

  @ApiProperty({ example: 0, description: 'What is owed after it' })
  balance_cents!: number;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @OptionalTimelinePath()
  timeline!: string | null;

  @QboUrl(
    'The document with the number in QuickBooks, or the invoice that was settled; null: what was owed before',
  )
  qbo_url!: string | null;
}

export class StatementTotalView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 0 })
  opening_cents!: number;

  @ApiProperty({ example: 375000 })
  invoiced_cents!: number;

  @ApiProperty({ example: -375000 })
  settled_cents!: number;

  @ApiProperty({ example: 0 })
  closing_cents!: number;
}

export class StatementView {
  @ApiProperty({ example: 7 })
  customer_id!: number;

  @ApiProperty({ type: String, nullable: true, example: '2026-01-01' })
  from!: string | null;

  @ApiProperty({ example: '2026-03-31' })
  to!: string;

  @ApiProperty({
    enum: COUNTED_BY_ACCOUNT,
    isArray: true,
    example: [],
    description: 'What it lacks, as the chart of accounts may not be read: as of receivables by age',
  })
  unknown!: CountedByAccount[];

  @ApiProperty({ type: [StatementRowView] })
  rows!: StatementRowView[];

  @ApiProperty({ type: [StatementTotalView], description: 'One for each currency' })
  totals!: StatementTotalView[];
}
