import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Max, Min } from 'class-validator';
import { REASON_LENGTH_MAX } from '../../audit/stated-reason.dto.js';
import { CalendarDayField } from '../../platform/http/decorators/calendar-day.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';
import { PageQuery } from '../../platform/http/lists/page.dto.js';
import { CurrencyCode } from '../../platform/http/decorators/currency.decorator.js';
import { QueryId, QueryNumber, SearchText } from '../../platform/http/decorators/query.decorator.js';
import { INVOICE_KINDS } from '../../invoices/invoice.dto.js';
import { IfGiven, OneLine } from '../../platform/http/decorators/text.decorator.js';
import { CENTS_MAX } from '../../platform/money/cents.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { DISPUTE_STATES, type DisputeState } from './disputes/dispute-state.js';
import { PAYMENT_STATES, type PaymentState } from './payment-balance.js';
import { REFUND_STATES, type RefundState } from './refunds/refund-state.js';

const INSTANT = { type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' } as const;

/** Which payments are asked for. */
export class PaymentsQuery extends PageQuery {
  @ApiPropertyOptional({ example: 7 })
  @QueryId()
  proposal_id?: number;

  @ApiPropertyOptional({ example: 1 })
  @QueryId()
  customer_id?: number;

  @CalendarDayField({ description: "Paid on this day of the organisation's or later", optional: true })
  from?: CalendarDay;

  @CalendarDayField({ description: 'Paid on this day or before', optional: true })
  to?: CalendarDay;

  @ApiPropertyOptional({
    enum: PAYMENT_STATES,
    description:
      '`disputed`: the bank has not decided; `lost`: it took all that was left; `partially_lost`: it took a part',
  })
  @IsOptional()
  @IsIn(PAYMENT_STATES)
  state?: PaymentState;

  @ApiPropertyOptional({ example: 'USD', description: 'ISO 4217' })
  @IsOptional()
  @CurrencyCode()
  currency?: string;

  @ApiPropertyOptional({
    example: 300_000,
    minimum: 1,
    maximum: CENTS_MAX,
    description: 'What was paid, to the cent, whatever went back since',
  })
  @IsOptional()
  @QueryNumber()
  @Decimal(0)
  @Min(1)
  @Max(CENTS_MAX)
  amount_cents?: number;

  @ApiPropertyOptional({
    description:
      "In the customer's name or e-mail, the proposal's name or the number of an invoice, or the beginning of the " +
      "reference on the customer's receipt, in its capitals and small letters: Stripe's id of the payment",
  })
  @SearchText()
  search?: string;

  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

/** What of a payment is to be refunded. */
export class CreateRefund {
  @ApiPropertyOptional({
    example: 100_000,
    minimum: 1,
    maximum: CENTS_MAX,
    description: 'Left out: all that can still be refunded',
  })
  @IfGiven()
  @Decimal(0)
  @Min(1)
  @Max(CENTS_MAX)
  amount_cents?: number;

  @ApiProperty({ example: 'The job was cancelled', maxLength: REASON_LENGTH_MAX })
  @OneLine(REASON_LENGTH_MAX)
  reason!: string;

  @ApiPropertyOptional({
    example: false,
    description:
      'True: the customer has it back already in another way, such as by cheque; Stripe is not asked',
  })
  @IfGiven()
  @IsBoolean()
  outside_stripe?: boolean;
}

export class RefundView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ example: 100_000 })
  amount_cents!: number;

  @ApiProperty({ enum: REFUND_STATES, example: 'succeeded' })
  state!: RefundState;

  @ApiProperty({
    type: String,
    example: 'The job was cancelled',
    nullable: true,
    description: "As the person who asked for it gave it, or Stripe's word",
  })
  reason!: string | null;

  @ApiProperty(INSTANT)
  created_at!: string;
}

export class DisputeView {
  @ApiProperty({ example: 2 })
  id!: number;

  @ApiProperty({ example: 50_000 })
  amount_cents!: number;

  @ApiProperty({ enum: DISPUTE_STATES, example: 'open' })
  state!: DisputeState;

  @ApiProperty({ example: 'product_not_received', description: "Why, in Stripe's words" })
  reason!: string;

  @ApiProperty({
    example: 'needs_response',
    description: "In Stripe's words: `needs_response` until it is answered there, then `under_review`",
  })
  stripe_status!: string;

  @ApiProperty({
    ...INSTANT,
    nullable: true,
    description: 'Until when the bank takes an answer; null where it takes none, or Stripe did not say',
  })
  respond_by!: string | null;

  @ApiProperty(INSTANT)
  created_at!: string;
}

/** A payment with all that became of it. */
export class PaymentView {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 'Roof of 12 Elm Street' })
  proposal_name!: string;

  @ApiProperty({ type: Number, example: 1, nullable: true, description: 'Who paid' })
  customer_id!: number | null;

  @ApiProperty({ type: String, example: 'Ann Ruiz', nullable: true, description: 'By name, or else e-mail' })
  customer_name!: string | null;

  @ApiProperty({
    enum: INVOICE_KINDS,
    example: 'deposit',
    description: 'Which entry of the contract it is for',
  })
  kind!: string;

  @ApiProperty({ type: Number, example: 4, nullable: true, description: 'The invoice of ours it is for' })
  invoice_id!: number | null;

  @ApiProperty({ type: String, example: 'CRM-7', nullable: true })
  invoice_number!: string | null;

  @ApiProperty({ example: 300_000, description: 'What was paid, whatever went back' })
  amount_cents!: number;

  @ApiProperty({ example: 100_000, description: 'Refunded, or on its way to the customer' })
  refunded_cents!: number;

  @ApiProperty({ example: 0, description: 'Taken back by the bank in disputes that were lost' })
  lost_cents!: number;

  @ApiProperty({ example: 200_000, description: 'What of it is with us' })
  net_cents!: number;

  @ApiProperty({ example: 'USD', description: 'ISO 4217' })
  currency!: string;

  @ApiProperty({ enum: PAYMENT_STATES, example: 'partially_refunded' })
  state!: PaymentState;

  @ApiProperty(INSTANT)
  paid_at!: string;

  @ApiProperty({
    example: 'pi_3PqRs2LkdIwHu7ix0a1B2c3D',
    description: "Stripe's id of it, as it stands on the customer's receipt",
  })
  reference!: string;

  @ApiProperty({
    type: String,
    example: '180',
    nullable: true,
    description:
      'Its payment in QuickBooks, as it was recorded from here; null where it is not recorded (yet), is the ' +
      "bookkeeper's to enter, or was deleted there: GET /proposals/{id}/why says which",
  })
  qbo_payment_id!: string | null;

  @ApiProperty({ type: [RefundView] })
  refunds!: RefundView[];

  @ApiProperty({ type: [DisputeView] })
  disputes!: DisputeView[];
}
