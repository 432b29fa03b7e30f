import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { IfGiven } from '../../platform/http/decorators/text.decorator.js';
import { LINK_DAYS_DEFAULT, LINK_DAYS_MAX } from './link-life.js';
import type { EmailState } from './portal-link.entity.js';

const INSTANT = { type: String, format: 'date-time', nullable: true } as const;

/** How long a link is good for. */
export class CreateLink {
  @ApiPropertyOptional({ example: LINK_DAYS_DEFAULT, minimum: 1, maximum: LINK_DAYS_MAX })
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(LINK_DAYS_MAX)
  expires_in_days: number = LINK_DAYS_DEFAULT;
}

/** A link that was just made. Its address is shown here and never again. */
export class NewLinkView {
  @ApiProperty({ example: 3 })
  link_id!: number;

  @ApiProperty({
    example: 'https://pay.acme.test/portal/p/pT5…',
    description: 'Whoever has it may approve and pay',
  })
  url!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-04-01T17:00:00.000Z' })
  expires_at!: string;
}

/** A link as it stands; its token is kept nowhere. */
export class LinkView {
  @ApiProperty({ example: 3 })
  link_id!: number;

  @ApiProperty({ enum: ['live', 'expired', 'revoked'] })
  state!: 'live' | 'expired' | 'revoked';

  @ApiProperty({ example: 1, description: 'The person who made it' })
  created_by!: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-04-01T17:00:00.000Z' })
  expires_at!: string;

  @ApiProperty({ ...INSTANT, example: null })
  revoked_at!: string | null;

  @ApiProperty({ ...INSTANT, example: '2026-03-03T15:00:00.000Z', description: 'To the minute' })
  last_viewed_at!: string | null;

  @ApiProperty({ type: String, example: 'maria.ruiz@example.com', nullable: true })
  emailed_to!: string | null;

  @ApiProperty({
    type: String,
    enum: ['queued', 'sent', 'failed'],
    nullable: true,
    description: 'sent: the mail server has accepted it; null: not to be e-mailed',
  })
  email_state!: EmailState | null;

  @ApiProperty({ ...INSTANT, example: '2026-03-02T17:00:02.000Z' })
  emailed_at!: string | null;

  @ApiProperty({ example: 0, description: 'Deliveries that failed' })
  email_attempts!: number;

  @ApiProperty({ ...INSTANT, example: null, description: 'When a queued e-mail is tried again' })
  email_next_attempt_at!: string | null;

  @ApiProperty({ type: String, example: null, nullable: true, description: 'Why the last delivery failed' })
  email_problem!: string | null;
}

export class RevokedLinksView {
  @ApiProperty({ enum: ['revoked'] })
  status!: 'revoked';

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 1, description: 'Links that ended by this' })
  revoked!: number;
}

/** What becomes of an e-mail. */
export class EmailView {
  @ApiProperty({ enum: ['queued', 'sent'], description: 'How it goes on: GET /portal/links/{proposal_id}' })
  status!: 'queued' | 'sent';

  @ApiProperty({ example: 3 })
  link_id!: number;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 'maria.ruiz@example.com' })
  emailed_to!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-04-01T17:00:00.000Z' })
  expires_at!: string;
}
