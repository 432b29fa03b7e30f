import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Max, Min } from 'class-validator';
import { REASON_LENGTH_MAX } from '../../audit/stated-reason.dto.js';
import { CalendarDayField } from '../../platform/http/decorators/calendar-day.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';
import { PageQuery } from '../../platform/http/lists/page.dto.js';
import { QueryId } from '../../platform/http/decorators/query.decorator.js';
import { IfGiven, OneLine } from '../../platform/http/decorators/text.decorator.js';
import { CENTS_MAX } from '../../platform/money/cents.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { DISPUTE_STATES, type DisputeState } from './dispute-state.js';
import { PAYMENT_STATES, type PaymentState } from './payment-balance.js';
import { REFUND_STATES, type RefundState } from './refund-state.js';

const INSTANT = { type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' } as const;

/** Which payments are asked for. */
export class PaymentsQuery extends PageQuery {
  @ApiPropertyOptional({ example: 7 })
  @QueryId()
  proposal_id?: number;

  @CalendarDayField({ description: "Paid on this day of the organisation's or later", optional: true })
  from?: CalendarDay;

  @CalendarDayField({ description: 'Paid on this day or before', optional: true })
  to?: CalendarDay;

  @ApiPropertyOptional({ enum: PAYMENT_STATES })
  @IsOptional()
  @IsIn(PAYMENT_STATES)
  state?: PaymentState;
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

  @ApiProperty(INSTANT)
  created_at!: string;
}

/** A payment with all that became of it. */
export class PaymentView {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ type: Number, example: 4, nullable: true, description: 'The invoice of ours it is for' })
  invoice_id!: number | null;

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

  @ApiProperty({ type: [RefundView] })
  refunds!: RefundView[];

  @ApiProperty({ type: [DisputeView] })
  disputes!: DisputeView[];
}
