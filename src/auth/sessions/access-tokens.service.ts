import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/time/clock.js';
import { TOKEN_AUDIENCE, TOKEN_ISSUER, type TokenClaims, type TokenKind } from './token-claims.js';
import type { User } from '../people/user.js';

const OPAQUE = /^[\w-]{43}$/;

/** Makes the tokens people sign in with. Refresh tokens are 256 random bits; only their SHA-256 is kept. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** A signed token that proves who the person is for so many seconds. */
  sign(kind: TokenKind, user: User, sessionId: string, lifeSeconds: number): string {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const claims: TokenClaims = {
      sub: String(user.id),
      org: user.orgId,
      roles: user.roles,
      epoch: user.tokenEpoch,
      jti: randomUUID(),
      sid: sessionId,
      iat,
      exp: iat + lifeSeconds,
    };
    return this.jwt.sign(claims, {
      secret: this.config.auth.jwtSecret,
      algorithm: 'HS256',
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE[kind],
    });
  }

  newRefreshToken(): string {
    return randomBytes(32).toString('base64url');
  }

  isRefreshToken(text: string): boolean {
    return OPAQUE.test(text);
  }

  /** The one successor of a refresh token: the same for two parallel refreshes, and to be guessed by nobody else. */
  successorOf(refreshToken: string): string {
    return createHmac('sha256', this.config.auth.jwtSecret)
      .update(`refresh-successor:${refreshToken}`)
      .digest('base64url');
  }

  /** The secret in a mail about an account: the same however often the mail is sent, and known to nobody else. */
  accountToken(mailId: string): string {
    return createHmac('sha256', this.config.auth.jwtSecret)
      .update(`account-mail:${mailId}`)
      .digest('base64url');
  }

  hashOf(token: string): Buffer {
    return createHash('sha256').update(token).digest();
  }
}
