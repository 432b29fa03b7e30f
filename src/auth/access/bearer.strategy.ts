import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Config } from '../../platform/config/config.js';
import { bearerToken } from '../../platform/http/bearer-token.js';
import { AuthenticatedUsersService, type SessionUser } from './authenticated-users.service.js';
import { verification } from '../sessions/token-verification.js';

/** A token in the Authorization header. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(
    config: Config,
    private readonly users: AuthenticatedUsersService,
  ) {
    super(verification('bearer', config.auth.jwtSecret, ({ headers }) => bearerToken(headers.authorization)));
  }

  async validate(claims: Record<string, unknown>): Promise<SessionUser | null> {
    return this.users.find(claims);
  }
}
