import { ApiProperty } from '@nestjs/swagger';
import { ACTIVITY_EVENTS, type ActivityEvent } from './activity-event.js';

/** One entry of a proposal's log as callers see it. */
export class ActivityView {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({ enum: ACTIVITY_EVENTS, example: 'approve' })
  event!: ActivityEvent;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { amount_cents: 1_102_500 } })
  meta!: Record<string, unknown>;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' })
  created_at!: string;
}
