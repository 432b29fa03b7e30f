import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IfGiven } from '../../platform/http/decorators/text.decorator.js';
import { CODE_LENGTH_MAX } from '../auth.dto.js';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../passwords/password-rules.js';
import { USER_ROLES, type UserRole } from '../access/permissions.js';
import { CreateUser } from '../people/user.dto.js';
import { SECRET_LENGTH_MAX, SecretText } from '../secret-text.decorator.js';

/** A person to invite into the caller's organisation, who chooses the password. */
export class InviteUser extends OmitType(CreateUser, ['password']) {}

export class AcceptInvitation {
  @ApiProperty({
    example: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s',
    description: 'As the mail brought it',
  })
  @SecretText()
  token!: string;

  @ApiProperty({
    example: 'ladder-shingle-42',
    format: 'password',
    minLength: PASSWORD_LENGTH_MIN,
    maxLength: PASSWORD_LENGTH_MAX,
    description: 'A new one; of an address that signs in already, its present one',
  })
  @IsString()
  @MaxLength(SECRET_LENGTH_MAX)
  password!: string;

  @ApiPropertyOptional({
    example: '492039',
    maxLength: CODE_LENGTH_MAX,
    description: 'For an address that signs in already and has a second factor: as at POST /auth/login',
  })
  @IfGiven()
  @IsString()
  @MaxLength(CODE_LENGTH_MAX)
  totp?: string;
}

/** An invitation that can be accepted. */
export class InvitationView {
  @ApiProperty({ format: 'uuid', example: '7b0ea7f5-3a34-4c3c-9d3a-0c2f6f1d3b52' })
  id!: string;

  @ApiProperty({ example: 'sam@acme.test' })
  email!: string;

  @ApiProperty({ example: 'Sam Ruiz' })
  full_name!: string;

  @ApiProperty({ enum: USER_ROLES, isArray: true, example: ['sales'] })
  roles!: UserRole[];

  @ApiProperty({ example: 1, description: 'The admin who asked for it' })
  invited_by!: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-09T17:00:00.000Z' })
  expires_at!: string;

  @ApiProperty({
    type: String,
    enum: ['queued', 'sent', 'failed'],
    nullable: true,
    description: 'sent: the mail server has accepted it; failed: it is not tried again',
  })
  email_state!: 'queued' | 'sent' | 'failed' | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'When a queued e-mail is tried again',
  })
  email_next_attempt_at!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'The mail server does not take the address (it answered 550).',
    description: 'Why the last delivery failed',
  })
  email_problem!: string | null;
}
