import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { InboxItem } from './inbox.repository.js';

/** Something that waits for a person. */
export class InboxItemView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ example: 'books_closed', description: 'Stable, for programs' })
  code!: string;

  @ApiProperty({
    example: 'The invoice of proposal 7, Roof of 12 Elm Street: the books are closed for this date.',
  })
  reason!: string;

  @ApiProperty({ example: 'Open the period in QuickBooks, or book it there by hand and resolve this.' })
  next_step!: string;

  @ApiProperty({ type: Number, nullable: true, example: 7 })
  proposal_id!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: null })
  customer_id!: number | null;

  @ApiProperty({ type: String, nullable: true, description: "Intuit's trace id, for their support" })
  intuit_tid!: string | null;

  @ApiProperty({ example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;
}

export class InboxDecisionView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ enum: ['resolved', 'dismissed', 'open'], example: 'resolved' })
  state!: string;

  @ApiPropertyOptional({ description: 'Why a retry left it open' })
  error?: string;
}

export function inboxItemView(item: InboxItem): InboxItemView {
  return {
    id: item.id,
    code: item.code,
    reason: item.reason,
    next_step: item.nextStep,
    proposal_id: item.proposalId,
    customer_id: item.customerId,
    intuit_tid: item.intuitTid,
    created_at: item.createdAt.toISOString(),
  };
}
