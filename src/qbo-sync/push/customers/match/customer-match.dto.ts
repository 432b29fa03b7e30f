import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, ValidateIf } from 'class-validator';
import { QboId } from '../../../../platform/http/decorators/qbo-id.decorator.js';

const ACTIONS = ['link', 'create', 'exclude', 'unlink'] as const;
const STATES = ['unmatched', 'proposed', 'linked', 'excluded'] as const;
const CLASSES = ['certain', 'likely', 'weak'] as const;
const EVIDENCE = [
  'mark',
  'email',
  'role_email',
  'phone',
  'name',
  'similar_name',
  'company',
  'inactive',
  'sub_customer',
] as const;

/** What a person decides. */
export class DecideMatch {
  @ApiProperty({
    enum: ACTIONS,
    example: 'link',
    description:
      'link: it is that one; create: it is none of them, make it; exclude: keep it out; unlink: end the link',
  })
  @IsIn(ACTIONS)
  action!: (typeof ACTIONS)[number];

  @ApiPropertyOptional({ example: '58', description: 'Which one, where it is to be linked' })
  @ValidateIf(({ action, qbo_customer_id: id }: DecideMatch) => action === 'link' || id !== undefined)
  @QboId()
  qbo_customer_id?: string;
}

export class MatchCandidateView {
  @ApiProperty({ example: '1' })
  qbo_customer_id!: string;

  @ApiProperty({ example: "Amy's Bird Sanctuary" })
  display_name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'amy@example.com' })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '(650) 555-3300' })
  phone!: string | null;

  @ApiProperty({ example: 80 })
  score!: number;

  @ApiProperty({ enum: CLASSES, example: 'likely' })
  class!: string;

  @ApiProperty({ enum: EVIDENCE, isArray: true, example: ['email', 'phone'] })
  evidence!: string[];
}

export class CustomerMatchView {
  @ApiProperty({ enum: STATES, example: 'proposed' })
  state!: string;

  @ApiProperty({ type: [MatchCandidateView], description: 'Best first' })
  candidates!: MatchCandidateView[];
}
