import { ApiProperty } from '@nestjs/swagger';
import { TIMELINE_SOURCES, type TimelineSource, type Values } from './timeline-facts.js';

const CHANGED = {
  type: 'object' as const,
  additionalProperties: {
    oneOf: [{ type: 'string' as const }, { type: 'integer' as const }],
    nullable: true,
  },
  nullable: true,
};

export class StepActorView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ example: 'Ada Acme' })
  full_name!: string;
}

/** One step of a proposal's way. */
export class TimelineItemView {
  @ApiProperty({ example: '2026-03-02T17:00:04.211Z' })
  at!: string;

  @ApiProperty({
    example: 'invoice_created',
    description:
      'An event of the activity log, a type of Stripe event, or what became of an operation at QuickBooks',
  })
  event!: string;

  @ApiProperty({ enum: TIMELINE_SOURCES, example: 'quickbooks', description: 'Who did it' })
  source!: TimelineSource;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'inv-0d6f7c3a-8f0e-4f57-9f0e-1f6f5a5f2b7e',
    description: "QuickBooks' requestid, Stripe's idempotency key or event id",
  })
  request_id!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '1-65e5f0a1-2f3c4d5e6f708192a3b4c5d6',
    description: "Intuit's trace id, for their support",
  })
  intuit_tid!: string | null;

  @ApiProperty({ ...CHANGED, example: { qbo_state: null, qbo_total_cents: null } })
  before!: Values | null;

  @ApiProperty({
    ...CHANGED,
    example: { qbo_state: 'open', qbo_total_cents: 375_000 },
    description: 'What the step changed; null where it changed neither a status nor an amount',
  })
  after!: Values | null;

  @ApiProperty({
    type: StepActorView,
    nullable: true,
    description: 'The person who did it; null where no person of the organisation did',
  })
  actor!: StepActorView | null;
}

export class TimelineView {
  @ApiProperty({ type: [TimelineItemView] })
  items!: TimelineItemView[];
}
