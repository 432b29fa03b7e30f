import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsOptional,
  Max,
  Min,
  Validate,
  ValidateIf,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { CalendarDayField } from '../platform/http/decorators/calendar-day.decorator.js';
import { ObjectList } from '../platform/http/decorators/object-list.decorator.js';
import { ChangeOrderView } from './change-orders/change-order-view.dto.js';
import { InvoiceDetailView } from '../invoices/invoice.dto.js';
import { REVENUE_POLICIES, TAX_MODES } from '../orgs/settings/org-settings.entity.js';
import { Decimal } from '../platform/http/decorators/decimal.decorator.js';
import { OneLine } from '../platform/http/decorators/text.decorator.js';
import { CENTS_MAX } from '../platform/money/cents.js';

const ENTRIES_MAX = 100;
const MILESTONE_LENGTH_MAX = 200;
const KINDS = ['deposit', 'progress', 'final', 'retainage'] as const;
const STATES = ['pending', 'ready', 'invoiced', 'void'] as const;
const DAY = { type: String, format: 'date', example: '2026-12-01' } as const;

/** A rule of each of the two fields: it is said at the one that is missing, or at both. */
@ValidatorConstraint({ name: 'isGiven' })
class OneMeasure implements ValidatorConstraintInterface {
  validate(_measure: unknown, { object }: ValidationArguments): boolean {
    const { percent, amount_cents: amountCents } = object as ProgressBody;
    return (percent == null) !== (amountCents == null);
  }

  defaultMessage(): string {
    return 'an entry must have either percent or amount_cents';
  }
}

/** A progress payment: a share of the contract's value, or an amount. */
export class ProgressBody {
  @ApiProperty({ enum: ['progress'] })
  @IsIn(['progress'], { message: 'kind must be progress; deposit, final and retainage follow by themselves' })
  kind!: 'progress';

  @ApiPropertyOptional({
    type: Number,
    example: 40,
    minimum: 0.01,
    description: 'Of the value of the contract; above 100, with the other entries too: 409',
    nullable: true,
  })
  @ValidateIf(
    ({ percent, amount_cents: amountCents }: ProgressBody) => percent != null || amountCents == null,
  )
  @Validate(OneMeasure)
  @Decimal(2)
  @Min(0.01)
  percent?: number | null;

  @ApiPropertyOptional({ type: Number, example: 500_000, minimum: 1, maximum: CENTS_MAX, nullable: true })
  @IsOptional()
  @Validate(OneMeasure)
  @IsInt()
  @Min(1)
  @Max(CENTS_MAX)
  amount_cents?: number | null;

  @ApiPropertyOptional({
    type: String,
    example: 'Roof is dry',
    maxLength: MILESTONE_LENGTH_MAX,
    nullable: true,
  })
  @IsOptional()
  @OneLine(MILESTONE_LENGTH_MAX)
  milestone?: string | null;

  @CalendarDayField({
    example: DAY.example,
    description:
      'On this day it is billed by itself, also where it was billed before and voided before that day. What is ' +
      'voided from that day on is billed again only by a person',
    optional: true,
    nullable: true,
  })
  trigger_on?: string | null;
}

/** The progress payments between deposit and final invoice, in their order. */
export class UpdateSchedule {
  @ApiProperty({
    type: [ProgressBody],
    maxItems: ENTRIES_MAX,
    example: [{ kind: 'progress', percent: 40, milestone: 'Roof is dry' }],
  })
  @ObjectList(() => ProgressBody, ENTRIES_MAX)
  entries!: ProgressBody[];
}

export class CompleteContract {
  @CalendarDayField({
    nullable: true,
    example: DAY.example,
    description:
      'The day on which the work is complete: from 2000 on, also before the approval, and at most a year ahead; ' +
      'until it has come the contract is active. null: it is not complete after all. Neither null nor a day to come ' +
      'while retainage is billed: 409',
  })
  completed_on!: string | null;
}

export class ContractEntryView {
  @ApiProperty({ example: 2 })
  number!: number;

  @ApiProperty({ enum: KINDS, example: 'progress' })
  kind!: string;

  @ApiProperty({ type: Number, example: 40, nullable: true })
  percent!: number | null;

  @ApiProperty({ example: 400_000, description: 'What it comes to now; once invoiced, what was billed' })
  amount_cents!: number;

  @ApiProperty({ type: String, example: null, nullable: true })
  milestone!: string | null;

  @ApiProperty({ ...DAY, nullable: true })
  trigger_on!: string | null;

  @ApiProperty({
    type: Number,
    example: null,
    nullable: true,
    description: 'The number of the change order that it bills by itself, approved after the final invoice',
  })
  change_order!: number | null;

  @ApiProperty({ enum: STATES, example: 'ready' })
  state!: string;

  @ApiProperty({ type: Number, example: null, nullable: true })
  invoice_id!: number | null;
}

/** A contract and how it stands. Money is before tax. */
export class ContractView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ enum: ['income', 'liability'], example: 'income' })
  deposit_mode!: string;

  @ApiProperty({
    enum: REVENUE_POLICIES,
    example: 'invoice',
    description: 'When its revenue is earned; frozen with the approval',
  })
  revenue_policy!: string;

  @ApiProperty({ example: 30, description: 'Frozen with the approval, like the next' })
  deposit_percent!: number;

  @ApiProperty({ example: 0, description: 'Kept back of each invoice until the work is complete' })
  retainage_percent!: number;

  @ApiProperty({ enum: TAX_MODES, example: 'none' })
  tax_mode!: string;

  @ApiProperty({ example: 0, description: 'The rate where tax_mode is ours' })
  tax_percent!: number;

  @ApiProperty({ example: 14, description: 'Days from an invoice to its due date' })
  terms_days!: number;

  @ApiProperty({ example: 1_000_000 })
  value_cents!: number;

  @ApiProperty({ example: 300_000, description: 'Net of credits; without a deposit that is held' })
  billed_cents!: number;

  @ApiProperty({ example: 700_000, description: 'Value less billed' })
  remaining_cents!: number;

  @ApiProperty({
    example: 0,
    description:
      'In mode liability: billed as deposit, neither released nor refunded. Below zero where its invoice was ' +
      'credited or voided afterwards, as on the account in QuickBooks',
  })
  deposit_held_cents!: number;

  @ApiProperty({ example: 0, description: 'Withheld and not billed yet' })
  retained_cents!: number;

  @ApiProperty({ enum: ['active', 'completed', 'cancelled'], example: 'active' })
  state!: string;

  @ApiProperty({ ...DAY, nullable: true })
  completed_on!: string | null;

  @ApiProperty({ type: [ContractEntryView] })
  entries!: ContractEntryView[];

  @ApiProperty({ type: [ChangeOrderView], description: 'Changes of what was approved' })
  change_orders!: ChangeOrderView[];

  @ApiProperty({ type: [InvoiceDetailView] })
  invoices!: InvoiceDetailView[];
}
