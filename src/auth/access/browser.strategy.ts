import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { Config } from '../../platform/config/config.js';
import { BrowserCookiesService } from './browser-cookies.service.js';
import { AuthenticatedUsersService, type SessionUser } from './authenticated-users.service.js';
import { verification } from '../sessions/token-verification.js';

/** The cookie of a signed-in browser. */
@Injectable()
export class BrowserStrategy extends PassportStrategy(Strategy, 'browser') {
  constructor(
    config: Config,
    cookies: BrowserCookiesService,
    private readonly users: AuthenticatedUsersService,
  ) {
    super(
      verification('browser', config.auth.jwtSecret, (request) => cookies.session(request as FastifyRequest)),
    );
  }

  async validate(claims: Record<string, unknown>): Promise<SessionUser | null> {
    return this.users.find(claims);
  }
}
