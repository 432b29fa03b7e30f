import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { BodyId } from '../platform/http/decorators/body-id.decorator.js';
import { IfGiven, SignInAddress } from '../platform/http/decorators/text.decorator.js';
import { USER_ROLES, type UserRole } from './access/permissions.js';
import { SECRET_LENGTH_MAX, SecretText } from './secret-text.decorator.js';

/** Of a recovery code, with room for blanks. */
export const CODE_LENGTH_MAX = 64;

export class Login {
  @ApiProperty({ example: 'admin@peakpro.io' })
  @SignInAddress()
  email!: string;

  @ApiProperty({ example: 'password', format: 'password' })
  @SecretText()
  password!: string;

  @ApiPropertyOptional({
    example: '492039',
    maxLength: CODE_LENGTH_MAX,
    description:
      'For whoever has a second factor: the six digits of the app, or a recovery code. Each is good once',
  })
  @IfGiven()
  @IsString()
  @MaxLength(CODE_LENGTH_MAX)
  totp?: string;

  @ApiPropertyOptional({
    example: 1,
    description: 'The organisation to sign in to; left out, the one you used last',
  })
  @IfGiven()
  @BodyId()
  org_id?: number;
}

/** The organisation to go on in. */
export class Switch {
  @ApiProperty({ example: 2, description: 'One of `orgs` of GET /auth/me' })
  @BodyId()
  org_id!: number;
}

export class Refresh {
  @ApiProperty({ example: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s' })
  @SecretText()
  refresh_token!: string;
}

export class Logout {
  @ApiPropertyOptional({
    maxLength: SECRET_LENGTH_MAX,
    description: 'Ends the sign-in of this refresh token too, where it is another one',
  })
  @IfGiven()
  @IsString()
  @MaxLength(SECRET_LENGTH_MAX)
  refresh_token?: string;
}

/** What a program signs its calls with. */
export class TokensView {
  @ApiProperty({ example: 'eyJhbGciOiJIUzI1NiJ9.…', description: 'Send it as `Authorization: Bearer …`' })
  access_token!: string;

  @ApiProperty({ example: 'bearer' })
  token_type!: 'bearer';

  @ApiProperty({ example: 1800, description: 'Seconds' })
  expires_in!: number;

  @ApiProperty({
    example: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s',
    description: 'Good for one POST /auth/refresh; used twice, it ends the sign-in',
  })
  refresh_token!: string;
}

export class LoggedOutView {
  @ApiProperty({ example: true })
  ok!: true;
}

/** What is shown of a person, to themselves and to admins. */
export class PersonView {
  @ApiProperty({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'admin@peakpro.io' })
  email!: string;

  @ApiProperty({ example: 'Ada Peak' })
  full_name!: string;

  @ApiProperty({ example: 1 })
  org_id!: number;

  @ApiProperty({ example: true })
  is_active!: boolean;

  @ApiProperty({ enum: USER_ROLES, isArray: true, example: ['admin'] })
  roles!: UserRole[];
}

/** An organisation that lets in the person who calls, with their roles there. */
export class OwnOrgView {
  @ApiProperty({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'Acme Roofing' })
  name!: string;

  @ApiProperty({ enum: USER_ROLES, isArray: true, example: ['admin'] })
  roles!: UserRole[];
}

/** The person who calls. */
export class MeView extends PersonView {
  @ApiProperty({
    type: [OwnOrgView],
    description: 'The organisations that let you in, by name; POST /auth/switch leads from one to another',
  })
  orgs!: OwnOrgView[];
}
