import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import passport from 'passport';
import { BearerStrategy } from './bearer.strategy.js';
import { BrowserStrategy } from './browser.strategy.js';
import type { SessionUser } from './authenticated-users.service.js';
import type { TokenKind } from '../sessions/token-claims.js';

/** Finds out who calls, by passport's strategies. */
@Injectable()
export class AuthenticatorService {
  /** Of this application alone: the passport everyone imports would be shared by every application of the process. */
  private readonly passport = new passport.Passport();

  constructor(bearer: BearerStrategy, browser: BrowserStrategy) {
    this.passport.use('bearer', bearer);
    this.passport.use('browser', browser);
  }

  /** The caller by bearer token, or null. */
  async byBearer(request: FastifyRequest, reply: FastifyReply): Promise<SessionUser | null> {
    return this.authenticate('bearer', request, reply);
  }

  /** The caller by the cookie of a signed-in browser, or null. */
  async byCookie(request: FastifyRequest, reply: FastifyReply): Promise<SessionUser | null> {
    return this.authenticate('browser', request, reply);
  }

  private async authenticate(
    kind: TokenKind,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<SessionUser | null> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, user: SessionUser | false | undefined): void =>
        error ? reject(error) : resolve(user || null);
      const authenticate = this.passport.authenticate(kind, { session: false }, done) as (
        ...http: unknown[]
      ) => void;
      authenticate(request, reply, reject);
    });
  }
}
