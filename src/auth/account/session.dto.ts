import { ApiProperty } from '@nestjs/swagger';

/** One sign-in of the person who asks. */
export class SessionView {
  @ApiProperty({ format: 'uuid', example: '7b0ea7f5-3a34-4c3c-9d3a-0c2f6f1d3b52' })
  id!: string;

  @ApiProperty({ enum: ['program', 'browser'], description: 'Bearer tokens, or the cookie of a browser' })
  kind!: 'program' | 'browser';

  @ApiProperty({ example: 1, description: 'The organisation it is in now' })
  org_id!: number;

  @ApiProperty({ example: true, description: 'The one this request belongs to' })
  current!: boolean;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  begun_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    example: '2026-03-02T18:12:00.000Z',
    description: 'To the minute',
  })
  last_used_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-04-01T17:00:00.000Z' })
  expires_at!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.7',
    description: 'The address it began from',
  })
  ip!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0 (Macintosh) Firefox/150.0' })
  user_agent!: string | null;
}
