import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { IfGiven } from '../../platform/http/decorators/text.decorator.js';
import { CODE_LENGTH_MAX } from '../auth.dto.js';
import { SecretText } from '../secret-text.decorator.js';

const PASSWORD = { example: 'ladder-shingle-42', format: 'password' } as const;

export class ConfirmTotp {
  @ApiProperty({
    example: '492039',
    minLength: 1,
    maxLength: CODE_LENGTH_MAX,
    description: 'The six digits that the app shows now',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(CODE_LENGTH_MAX)
  totp!: string;
}

/** What proves again who somebody is that is signed in. */
export class ProofAgain {
  @ApiProperty(PASSWORD)
  @SecretText()
  password!: string;

  @ApiPropertyOptional({
    example: '492039',
    maxLength: CODE_LENGTH_MAX,
    description: 'For whoever has a second factor: the six digits of the app, or a recovery code',
  })
  @IfGiven()
  @IsString()
  @MaxLength(CODE_LENGTH_MAX)
  totp?: string;
}

export class ConfirmedView {
  @ApiProperty({
    type: String,
    format: 'date-time',
    example: '2026-03-02T17:15:00.000Z',
    description: 'Until then this session may do what wants a confirmation',
  })
  confirmed_until!: string;
}

/** What an authenticator app is set up with; shown once. */
export class TotpSetupView {
  @ApiProperty({
    example: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    description: 'In base32, to type into the app',
  })
  secret!: string;

  @ApiProperty({
    example:
      'otpauth://totp/PeakPro%20CRM:sam%40acme.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' +
      '&issuer=PeakPro%20CRM&algorithm=SHA1&digits=6&period=30',
    description: 'The same as an address, for a QR code',
  })
  otpauth_uri!: string;
}

export class RecoveryCodesView {
  @ApiProperty({
    type: [String],
    example: ['ab2c-d3ef-gh4j-k5lm'],
    description: 'Ten codes for the day the phone is lost, each good once. Nobody is shown them again',
  })
  recovery_codes!: string[];
}

/** How the own second factor stands. */
export class TotpView {
  @ApiProperty({ example: true })
  enabled!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-02T17:00:00.000Z' })
  enabled_at!: string | null;

  @ApiProperty({ example: 10, description: 'Recovery codes that are not used yet' })
  recovery_codes_left!: number;
}
