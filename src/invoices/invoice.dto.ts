import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Max, Min } from 'class-validator';
import { QBO_STATES } from './invoice-state.js';
import { CalendarDayField } from '../platform/http/decorators/calendar-day.decorator.js';
import { CurrencyCode } from '../platform/http/decorators/currency.decorator.js';
import { Decimal } from '../platform/http/decorators/decimal.decorator.js';
import { PageQuery } from '../platform/http/lists/page.dto.js';
import { QueryFlag, QueryId, QueryNumber, SearchText } from '../platform/http/decorators/query.decorator.js';
import { CENTS_MAX } from '../platform/money/cents.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import { sortsBy } from '../platform/http/lists/sorted-page.js';

export const INVOICE_KINDS = ['deposit', 'progress', 'final', 'retainage'] as const;
/** `pending`: not in QuickBooks yet. `refused`: QuickBooks said no, or it was called off. */
const INVOICE_STATES = ['pending', 'refused', ...QBO_STATES] as const;
const INVOICE_SORTS = sortsBy(
  'id',
  'number',
  'customer_name',
  'amount_cents',
  'total_cents',
  'balance_cents',
  'paid_cents',
  'txn_on',
  'due_on',
  'created_at',
  'updated_at',
);
export type InvoiceSort = (typeof INVOICE_SORTS)[number];

const DAY = { type: String, format: 'date', example: '2026-12-10', nullable: true } as const;
const INSTANT = { type: String, format: 'date-time', example: '2026-11-26T15:00:00.000Z' } as const;

/** Which invoices, in which order. */
export class InvoicesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: INVOICE_STATES })
  @IsOptional()
  @IsIn(INVOICE_STATES)
  state?: (typeof INVOICE_STATES)[number];

  @ApiPropertyOptional({ enum: INVOICE_KINDS })
  @IsOptional()
  @IsIn(INVOICE_KINDS)
  kind?: (typeof INVOICE_KINDS)[number];

  @ApiPropertyOptional({ example: 7 })
  @QueryId()
  proposal_id?: number;

  @ApiPropertyOptional({ example: 1 })
  @QueryId()
  customer_id?: number;

  @ApiPropertyOptional({ example: 'USD', description: 'ISO 4217' })
  @IsOptional()
  @CurrencyCode()
  currency?: string;

  @ApiPropertyOptional({ description: 'Due before today and open, or not' })
  @QueryFlag()
  overdue?: boolean;

  @CalendarDayField({ description: 'Dated on this day or later', optional: true })
  from?: CalendarDay;

  @CalendarDayField({ description: 'Dated on this day or before', optional: true })
  to?: CalendarDay;

  @ApiPropertyOptional({
    example: 400_000,
    minimum: 1,
    maximum: CENTS_MAX,
    description:
      'What the invoice is over with tax, a voided one was over, or what is open on it, to the cent',
  })
  @IsOptional()
  @QueryNumber()
  @Decimal(0)
  @Min(1)
  @Max(CENTS_MAX)
  amount_cents?: number;

  @ApiPropertyOptional({
    description: 'In the number, the proposal’s name, or the customer’s name or e-mail',
  })
  @SearchText()
  search?: string;

  @ApiPropertyOptional({
    enum: INVOICE_SORTS,
    default: 'id',
    description:
      'With - before it: downwards. What is not known yet counts as the least. amount_cents is total_cents. ' +
      'Amounts go by their figures, whatever the currency: ask for one currency to compare them',
  })
  @IsOptional()
  @IsIn(INVOICE_SORTS)
  sort: InvoiceSort = 'id';

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

/** What a person chooses about an invoice; the rest is as QuickBooks has it. */
export class UpdateInvoice {
  @ApiProperty({ example: false, description: 'false: its customer is not reminded of it by itself' })
  @IsBoolean()
  reminders!: boolean;
}

export class InvoiceLineView {
  @ApiProperty({ enum: ['work', 'deposit', 'retainage'], example: 'work' })
  kind!: string;

  @ApiProperty({ example: 'Tear off and replace shingles' })
  description!: string;

  @ApiProperty({ example: 240_000, description: 'Negative where it is taken off' })
  amount_cents!: number;
}

/** An invoice of a proposal, as it was asked for and as QuickBooks has it. */
export class InvoiceDetailView {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 'Roof of 12 Elm Street' })
  proposal_name!: string;

  @ApiProperty({ type: Number, example: 1, nullable: true })
  customer_id!: number | null;

  @ApiProperty({ type: String, example: 'Ann Ruiz', nullable: true })
  customer_name!: string | null;

  @ApiProperty({ enum: INVOICE_KINDS, example: 'progress' })
  kind!: string;

  @ApiProperty({ example: 1, description: 'Which of its kind, from 1' })
  sequence!: number;

  @ApiProperty({
    type: Number,
    example: null,
    nullable: true,
    description: 'The number of the change order that it bills by itself',
  })
  change_order!: number | null;

  @ApiProperty({ example: 1, description: 'An invoice that is made anew is the next' })
  generation!: number;

  @ApiProperty({ type: String, example: 'CRM-7-P1', nullable: true })
  number!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ type: Number, example: 400_000, nullable: true, description: 'With tax' })
  total_cents!: number | null;

  @ApiProperty({ type: Number, example: 0, nullable: true })
  tax_cents!: number | null;

  @ApiProperty({ type: Number, example: 400_000, nullable: true })
  balance_cents!: number | null;

  @ApiProperty({ type: Number, example: 0, nullable: true })
  paid_cents!: number | null;

  @ApiProperty({
    type: Number,
    example: null,
    nullable: true,
    description:
      'What the exchange rate gained between the invoice and its payments, in cents of the home currency; below ' +
      'zero: lost. Null in the home currency and where a rate is not known',
  })
  realised_gain_cents!: number | null;

  @ApiProperty({ enum: INVOICE_STATES, example: 'open', nullable: true })
  state!: string | null;

  @ApiProperty(DAY)
  txn_on!: string | null;

  @ApiProperty(DAY)
  due_on!: string | null;

  @ApiProperty({ type: String, example: '145', nullable: true })
  qbo_invoice_id!: string | null;

  @ApiProperty({
    example: true,
    description: 'Whether its customer is reminded of it; what was sent: GET /invoices/{id}/reminders',
  })
  reminders!: boolean;

  @ApiProperty({ type: [InvoiceLineView] })
  lines!: InvoiceLineView[];

  @ApiProperty(INSTANT)
  created_at!: string;

  @ApiProperty(INSTANT)
  updated_at!: string;
}
