import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { SignInAddress } from '../platform/http/text.decorator.js';
import { USER_ROLES, type UserRole } from './permissions.js';
import type { IssuedTokens } from './sessions.service.js';

const SECRET_LENGTH_MAX = 512;

export class Login {
  @ApiProperty({ example: 'admin@peakpro.io' })
  @SignInAddress()
  email!: string;

  @ApiProperty({ example: 'password', format: 'password' })
  @IsString()
  @MinLength(1)
  @MaxLength(SECRET_LENGTH_MAX)
  password!: string;
}

export class Refresh {
  @ApiProperty({ example: 'kX0xkJ6Yw7oQ1g4cJt2bqv0m8m3Jm1mQ9bqk3E1fV5s' })
  @IsString()
  @MinLength(1)
  @MaxLength(SECRET_LENGTH_MAX)
  refresh_token!: string;
}

export class Logout {
  @ApiPropertyOptional({ description: 'Ends the sign-in of this refresh token too, where it is another one' })
  @IsOptional()
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

/** Shows tokens to the one who signed in. */
export function tokensView(tokens: IssuedTokens): TokensView {
  return {
    access_token: tokens.accessToken,
    token_type: 'bearer',
    expires_in: tokens.expiresInSeconds,
    refresh_token: tokens.refreshToken,
  };
}

export class LoggedOutView {
  @ApiProperty({ example: true })
  ok!: true;
}

/** The person who calls. */
export class MeView {
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
