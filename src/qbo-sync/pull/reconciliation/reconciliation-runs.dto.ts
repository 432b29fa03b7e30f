import { ApiProperty } from '@nestjs/swagger';

export class ReconciliationRunView {
  @ApiProperty({ format: 'uuid', example: '5b1f0a52-6f3e-4c37-9d0a-0f7a3c1c2b9e' })
  compare_id!: string;

  @ApiProperty({
    enum: ['asked', 'first_look', 'feed_refused', 'feed_full', 'weekly'],
    example: 'asked',
    description: 'A person asked, or why the poll could not do with what QuickBooks told of changes',
  })
  reason!: string;

  @ApiProperty({
    enum: ['queued', 'running', 'done', 'failed'],
    example: 'running',
    description:
      'A comparison that QuickBooks kept from going on is queued again, with the reason in `error`',
  })
  status!: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 10_000,
    description: 'Linked invoices; null until it begins',
  })
  total!: number | null;

  @ApiProperty({ example: 3_000, description: 'Compared so far' })
  done!: number;

  @ApiProperty({ example: 12, description: 'That were not as the CRM had them' })
  changed!: number;

  @ApiProperty({ example: 9, description: 'That became paid' })
  paid!: number;

  @ApiProperty({ example: 0, description: 'That could not be compared' })
  failed!: number;

  @ApiProperty({ example: 5, description: 'Calls to QuickBooks' })
  calls!: number;

  @ApiProperty({ type: String, nullable: true, example: null })
  error!: string | null;

  @ApiProperty({ example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, nullable: true, example: '2026-03-02T17:00:00.100Z' })
  started_at!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  finished_at!: string | null;
}
