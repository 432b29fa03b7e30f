import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { CurrencyCode } from '../../platform/http/decorators/currency.decorator.js';
import { COUNTED_BY_ACCOUNT, type CountedByAccount } from '../counted-by-account.js';
import { ReportRowsQuery } from '../report-rows.dto.js';
import { DocumentsPath, QboRealmId, QboUrl } from '../report-links.decorator.js';

export class AgingQuery extends ReportRowsQuery {
  @ApiPropertyOptional({ example: '2026-03-31', description: 'The end of which day; today where left out' })
  @IsOptional()
  @IsString()
  as_of?: string;

  @ApiPropertyOptional({
    enum: ['ours', 'company'],
    default: 'ours',
    description: '`ours`: the invoices of our proposals; `company`: every document of the QuickBooks company',
  })
  @IsOptional()
  @IsIn(['ours', 'company'])
  scope: 'ours' | 'company' = 'ours';

  @ApiPropertyOptional({ enum: ['customer', 'invoice'], default: 'customer' })
  @IsOptional()
  @IsIn(['customer', 'invoice'])
  group: 'customer' | 'invoice' = 'customer';

  @ApiPropertyOptional({ example: 'USD', description: 'ISO 4217' })
  @IsOptional()
  @CurrencyCode()
  currency?: string;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

class AgingBuckets {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 120000, description: 'Not due yet, or due today' })
  current_cents!: number;

  @ApiProperty({ example: 0 })
  days_1_30_cents!: number;

  @ApiProperty({ example: 45000 })
  days_31_60_cents!: number;

  @ApiProperty({ example: 0 })
  days_61_90_cents!: number;

  @ApiProperty({ example: 0 })
  days_91_plus_cents!: number;

  @ApiProperty({ example: 165000 })
  total_cents!: number;
}

export class AgingRowView extends AgingBuckets {
  @ApiProperty({ type: Number, nullable: true, example: 7, description: 'null: not a customer of the CRM' })
  customer_id!: number | null;

  @ApiProperty({ example: 'Ann Ruiz' })
  customer_name!: string;

  @ApiProperty({ type: String, nullable: true, example: '58' })
  qbo_customer_id!: string | null;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @DocumentsPath('/customers/7/statement')
  documents!: string | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Of one invoice, where rows are invoices',
  })
  invoice_id?: number | null;

  @ApiPropertyOptional({ type: Number, nullable: true })
  proposal_id?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'CRM-7' })
  number?: string | null;

  @ApiPropertyOptional({ example: 'Invoice', description: "QuickBooks' name of the document's type" })
  qbo_type?: string;

  @ApiPropertyOptional({ type: String, nullable: true })
  qbo_id?: string | null;

  @ApiPropertyOptional({ example: '2026-03-02' })
  txn_on?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: '2026-04-01' })
  due_on?: string | null;

  @ApiPropertyOptional({ example: 12 })
  days_overdue?: number;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: '/proposals/7/timeline',
    description: 'Of the proposal of an invoice of ours',
  })
  timeline?: string | null;

  @QboUrl('Its page in QuickBooks: of the document, or of the customer')
  qbo_url!: string | null;
}

export class AgingCreditView {
  @ApiProperty({ type: Number, nullable: true, example: 7 })
  customer_id!: number | null;

  @ApiProperty({ example: 'Ann Ruiz' })
  customer_name!: string;

  @ApiProperty({ type: String, nullable: true, example: '58' })
  qbo_customer_id!: string | null;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @DocumentsPath('/customers/7/statement')
  documents!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @QboUrl()
  qbo_url!: string | null;

  @ApiProperty({ example: -5000, description: 'Unapplied payments and open credits; below zero' })
  total_cents!: number;
}

export class AgingTotalView extends AgingBuckets {
  @ApiProperty({ example: 45000, description: 'What is past its due day' })
  overdue_cents!: number;

  @ApiProperty({ example: -5000 })
  credits_cents!: number;

  @ApiProperty({ example: 160000, description: 'What is owed less the credits: the receivables account' })
  net_cents!: number;
}

export class AgingView {
  @ApiProperty({ example: '2026-03-31' })
  as_of!: string;

  @ApiProperty({ example: 'America/Denver' })
  time_zone!: string;

  @ApiProperty({ enum: ['ours', 'company'] })
  scope!: 'ours' | 'company';

  @ApiProperty({
    enum: COUNTED_BY_ACCOUNT,
    isArray: true,
    example: [],
    description:
      'What it lacks, as the chart of accounts may not be read: what is on receivables by account alone',
  })
  unknown!: CountedByAccount[];

  @ApiProperty({ type: [AgingRowView] })
  rows!: AgingRowView[];

  @ApiProperty({ type: [AgingCreditView] })
  credits!: AgingCreditView[];

  @ApiProperty({
    type: [AgingTotalView],
    description: 'One for each currency, of all rows; nothing adds up over currencies',
  })
  totals!: AgingTotalView[];

  @ApiProperty({ type: String, nullable: true, description: 'Null where no rows are left' })
  next_cursor!: string | null;
}
