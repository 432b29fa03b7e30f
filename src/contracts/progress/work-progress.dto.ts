import { ApiProperty } from '@nestjs/swagger';
import { Matches, Max, Min } from 'class-validator';
import { REVENUE_POLICIES } from '../../orgs/settings/org-settings.entity.js';
import { CalendarDayField } from '../../platform/http/decorators/calendar-day.decorator.js';
import { Decimal } from '../../platform/http/decorators/decimal.decorator.js';

export class ReachMilestone {
  @CalendarDayField({
    nullable: true,
    example: '2026-03-02',
    description: 'The day it was reached, not in the future; null: it was not',
  })
  reached_on!: string | null;
}

export class SetProgress {
  @ApiProperty({
    example: '2026-03',
    description: 'The month at whose end so much is done, not in the future',
  })
  @Matches(/^(19|[2-9]\d)\d\d-(0[1-9]|1[0-2])$/, { message: 'month must be a month, as 2026-03' })
  month!: string;

  @ApiProperty({ example: 40, minimum: 0, maximum: 100, description: 'Cumulative; at most two decimals' })
  @Decimal(2)
  @Min(0)
  @Max(100)
  percent!: number;
}

export class MilestoneView {
  @ApiProperty({ example: 2, description: 'Of the entry' })
  number!: number;

  @ApiProperty({ example: 'Shingles are on' })
  milestone!: string;

  @ApiProperty({ type: String, format: 'date', nullable: true, example: '2026-03-02' })
  reached_on!: string | null;
}

export class ProgressView {
  @ApiProperty({ example: '2026-03' })
  month!: string;

  @ApiProperty({ example: 40 })
  percent!: number;
}

export class WorkProgressView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ enum: REVENUE_POLICIES })
  revenue_policy!: string;

  @ApiProperty({ type: String, format: 'date', nullable: true })
  completed_on!: string | null;

  @ApiProperty({ type: [MilestoneView] })
  milestones!: MilestoneView[];

  @ApiProperty({ type: [ProgressView] })
  progress!: ProgressView[];
}
