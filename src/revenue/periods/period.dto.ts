import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { REASON_LENGTH_MAX } from '../../audit/stated-reason.dto.js';
import { IfGiven, OneLine } from '../../platform/http/decorators/text.decorator.js';
import { TimelinePath } from '../../reports/report-links.decorator.js';

const FORMATS = ['json', 'csv', 'html', 'hashed'] as const;

export class ClosePeriod {
  @ApiPropertyOptional({
    example: false,
    description: 'Close although questions about money, or writes to QuickBooks, of the month are open',
  })
  @IfGiven()
  @IsBoolean()
  force?: boolean;

  @ApiPropertyOptional({ example: 'The open question is about next month', maxLength: REASON_LENGTH_MAX })
  @IfGiven()
  @OneLine(REASON_LENGTH_MAX)
  reason?: string;
}

export class ReopenPeriod {
  @ApiProperty({ example: 'The bank statement came late', maxLength: REASON_LENGTH_MAX })
  @OneLine(REASON_LENGTH_MAX)
  reason!: string;
}

export class PackQuery {
  @ApiPropertyOptional({ enum: FORMATS, default: 'json' })
  @IsOptional()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'json';
}

export class PeriodView {
  @ApiProperty({ example: '2026-03' })
  month!: string;

  @ApiProperty({ enum: ['open', 'closed'] })
  state!: 'open' | 'closed';

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  closed_at!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 3, description: 'The person who closed it' })
  closed_by!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was closed against open questions' })
  force_reason!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "SHA-256 over the month's figures and their documents",
  })
  pack_hash!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of the month before, which it is chained to' })
  previous_hash!: string | null;
}

export class ListedPeriodView extends PeriodView {
  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-02-28',
    description: "The last day of QuickBooks' closed books; null: open, or no company is connected",
  })
  qbo_closing_date!: string | null;
}

export class PeriodCheckView {
  @ApiProperty({ example: 'money_in_inbox' })
  code!: string;

  @ApiProperty()
  ok!: boolean;

  @ApiProperty({
    enum: ['block', 'confirm', 'info'],
    description: '`block`: it cannot be closed; `confirm`: only with `force` and a reason',
  })
  severity!: string;

  @ApiProperty({ example: 'no question about money of this month is open' })
  found!: string;

  @ApiProperty({ type: String, nullable: true })
  next_step!: string | null;
}

export class PeriodStatusView extends PeriodView {
  @ApiProperty({ type: [PeriodCheckView] })
  checks!: PeriodCheckView[];
}

class PackSumView {
  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 'work' })
  item!: string;

  @ApiProperty({ example: 875000 })
  cents!: number;
}

class PackDeferredView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @TimelinePath()
  timeline!: string;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 0 })
  opening_cents!: number;

  @ApiProperty({ example: 0 })
  billed_cents!: number;

  @ApiProperty({ example: 0 })
  earned_cents!: number;

  @ApiProperty({ example: 0 })
  refunded_cents!: number;

  @ApiProperty({ example: 0 })
  adjustment_cents!: number;

  @ApiProperty({ example: 0 })
  closing_cents!: number;
}

class PackReceivableView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @TimelinePath()
  timeline!: string;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 0 })
  opening_cents!: number;

  @ApiProperty({ example: 0 })
  invoiced_cents!: number;

  @ApiProperty({ example: 0, description: 'By money and by credits' })
  settled_cents!: number;

  @ApiProperty({ example: 0 })
  closing_cents!: number;
}

class PackDocumentView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @TimelinePath()
  timeline!: string;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ example: 'earned' })
  kind!: string;

  @ApiProperty({ example: 'work' })
  item!: string;

  @ApiProperty({ example: 'invoice' })
  source_kind!: string;

  @ApiProperty({ example: '12' })
  source_id!: string;

  @ApiProperty({ example: '2026-03-02', description: 'Its own day' })
  event_on!: string;

  @ApiProperty({ example: 875000 })
  cents!: number;
}

class PackFiguresView {
  @ApiProperty({ type: [PackSumView] })
  earned!: PackSumView[];

  @ApiProperty({ type: [PackSumView] })
  received!: PackSumView[];

  @ApiProperty({ type: [PackSumView] })
  tax!: PackSumView[];

  @ApiProperty({ type: [PackSumView] })
  bad_debts!: PackSumView[];

  @ApiProperty({ type: [PackSumView], description: 'Lost in disputes' })
  lost!: PackSumView[];

  @ApiProperty({ type: [PackDeferredView] })
  deferred!: PackDeferredView[];

  @ApiProperty({ type: [PackReceivableView] })
  receivables!: PackReceivableView[];

  @ApiProperty({ type: [PackDocumentView], description: 'Of earlier months, learned after they were closed' })
  adjustments!: PackDocumentView[];

  @ApiProperty({ type: [PackDocumentView] })
  documents!: PackDocumentView[];
}

class PackInboxView {
  @ApiProperty({ example: 31 })
  id!: number;

  @ApiProperty({ example: 'total_differs' })
  code!: string;

  @ApiProperty({ type: Number, nullable: true, example: 7 })
  proposal_id!: number | null;
}

class PackHeaderView {
  @ApiProperty({ example: '0.3.0', description: 'Of the software' })
  version!: string;

  @ApiProperty({ example: 'America/Denver' })
  time_zone!: string;

  @ApiProperty({ type: String, nullable: true, example: '2026-03-31' })
  qbo_closing_date!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  qbo_read_at!: string | null;

  @ApiProperty({ type: [PackInboxView] })
  open_inbox!: PackInboxView[];

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'Receivables by how late they are at the end of the month, for each currency',
  })
  aging!: object[];
}

export class PackView extends PeriodView {
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether the journal still gives these figures; null: the month is open',
  })
  verified!: boolean | null;

  @ApiProperty({ type: PackHeaderView, description: 'Beside the figures, and not part of the hash' })
  header!: PackHeaderView;

  @ApiProperty({ type: PackFiguresView })
  figures!: PackFiguresView;
}
