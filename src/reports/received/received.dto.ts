import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Max, Min } from 'class-validator';
import { CalendarDayField } from '../../platform/http/decorators/calendar-day.decorator.js';
import { CurrencyCode } from '../../platform/http/decorators/currency.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';
import { QueryId, QueryNumber } from '../../platform/http/decorators/query.decorator.js';
import { CENTS_MAX } from '../../platform/money/cents.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { OptionalTimelinePath, QboRealmId, QboUrl } from '../report-links.decorator.js';
import { ReportRowsQuery } from '../report-rows.dto.js';

export class ReceivedQuery extends ReportRowsQuery {
  @CalendarDayField({ description: 'The first day; that of `to` where left out', optional: true })
  from?: CalendarDay;

  @CalendarDayField({ description: "The last day; the organisation's today where left out", optional: true })
  to?: CalendarDay;

  @ApiPropertyOptional({ example: 7 })
  @QueryId()
  customer_id?: number;

  @ApiPropertyOptional({ example: 'USD', description: 'ISO 4217' })
  @IsOptional()
  @CurrencyCode()
  currency?: string;

  @ApiPropertyOptional({
    example: 112_500,
    minimum: 1,
    maximum: CENTS_MAX,
    description: 'What came on one invoice, to the cent',
  })
  @IsOptional()
  @QueryNumber()
  @Decimal(0)
  @Min(1)
  @Max(CENTS_MAX)
  amount_cents?: number;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

export class ReceivedRowView {
  @ApiProperty({ example: '2026-03-04', description: 'The day of the payment in QuickBooks' })
  paid_on!: string;

  @ApiProperty({ type: Number, example: 7, nullable: true })
  customer_id!: number | null;

  @ApiProperty({ type: String, example: 'Ann Ruiz', nullable: true, description: 'By name, or else e-mail' })
  customer_name!: string | null;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 4, description: 'The invoice of ours that it is on' })
  invoice_id!: number;

  @ApiProperty({ type: String, example: 'CRM-7', nullable: true })
  invoice_number!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 112_500, description: 'The part of the payment that is on this invoice' })
  amount_cents!: number;

  @ApiProperty({
    type: Number,
    example: null,
    nullable: true,
    description: 'Paid online: its id at GET /payments; null: entered in QuickBooks, such as a check',
  })
  payment_id!: number | null;

  @ApiProperty({
    example: '180',
    description:
      "Its document in QuickBooks; the invoice's own id where it stands in the Deposit field of that",
  })
  qbo_payment_id!: string;

  @QboRealmId()
  qbo_realm_id!: string | null;

  @OptionalTimelinePath()
  timeline!: string | null;

  @QboUrl('The invoice in QuickBooks, which leads to its payments')
  qbo_url!: string | null;
}

export class ReceivedTotalView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 3, description: 'Rows of the currency' })
  rows!: number;

  @ApiProperty({ example: 412_500 })
  amount_cents!: number;
}

export class ReceivedReportView {
  @ApiProperty({ example: '2026-03-04' })
  from!: string;

  @ApiProperty({ example: '2026-03-04' })
  to!: string;

  @ApiProperty({ example: 'America/Denver', description: 'In which `from` and `to` are days' })
  time_zone!: string;

  @ApiProperty({ type: [ReceivedRowView], description: 'By day, in the order in which they were seen' })
  rows!: ReceivedRowView[];

  @ApiProperty({ type: [ReceivedTotalView], description: 'One for each currency, of all rows' })
  totals!: ReceivedTotalView[];

  @ApiProperty({
    example: true,
    description: 'False: what came in since the company was left is not known here',
  })
  qbo_connected!: boolean;

  @ApiProperty({
    type: [ReceivedTotalView],
    description:
      'What came in on a day that QuickBooks did not say: it is in no row and no total, of any days',
  })
  undated!: ReceivedTotalView[];

  @ApiProperty({
    example: 0,
    description:
      'Invoices that what is asked for may be on, and whose payments are not read, or not all, yet: what came on ' +
      'them may be missing',
  })
  unread_invoices!: number;

  @ApiProperty({
    example: 0,
    description:
      'The same of invoices in companies that were connected before: what came on them since is not heard of',
  })
  invoices_elsewhere!: number;

  @ApiProperty({ type: String, nullable: true, example: null })
  next_cursor!: string | null;
}
