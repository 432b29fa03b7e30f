import { callbackify } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import passport from 'passport';
import { ExtractJwt, type JwtFromRequestFunction, Strategy } from 'passport-jwt';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Clock } from '../time/clock.js';
import { SESSION_COOKIE } from './browser-session.decorator.js';
import type { Caller } from './caller.js';
import { readClaims, TOKEN_AUDIENCE, TOKEN_ISSUER, type TokenKind } from './token-claims.js';
import { UsersRepository } from './users.repository.js';

/** A caller with the sign-in the token comes from. */
export interface SignedIn extends Caller {
  readonly sessionId: string | null;
}

/**
 * Finds out who calls. A token counts when its signature, issuer, audience and time hold and the database agrees at
 * this moment: the person is active, of that organisation, and neither the epoch nor the sign-in was ended. Roles are
 * the database's, so a change of them takes effect with the next call.
 */
@Injectable()
export class Identity {
  /** Of this application alone: the passport everyone imports would be shared by every application of the process. */
  private readonly passport = new passport.Passport();

  constructor(
    private readonly config: Config,
    private readonly users: UsersRepository,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    this.passport.use('bearer', this.strategy('bearer', ExtractJwt.fromAuthHeaderAsBearerToken()));
    this.passport.use('browser', this.strategy('browser', cookieToken));
  }

  /** The caller by bearer token, or null. */
  async byBearer(request: FastifyRequest, reply: FastifyReply): Promise<SignedIn | null> {
    return this.authenticate('bearer', request, reply);
  }

  /** The caller by the cookie of a signed-in browser, or null. */
  async byCookie(request: FastifyRequest, reply: FastifyReply): Promise<SignedIn | null> {
    return this.authenticate('browser', request, reply);
  }

  private async authenticate(
    kind: TokenKind,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<SignedIn | null> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, caller: SignedIn | false | undefined): void =>
        error ? reject(error) : resolve(caller || null);
      const authenticate = this.passport.authenticate(kind, { session: false }, done) as (
        ...http: unknown[]
      ) => void;
      authenticate(request, reply, reject);
    });
  }

  /** Time is checked by `readClaims`, on our clock. */
  private strategy(kind: TokenKind, jwtFromRequest: JwtFromRequestFunction): Strategy {
    const options = {
      jwtFromRequest,
      secretOrKey: this.config.auth.jwtSecret,
      algorithms: ['HS256' as const],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE[kind],
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
    };
    const callerOf = callbackify((claims: Record<string, unknown>) => this.callerOf(claims));
    return new Strategy(options, callerOf);
  }

  private async callerOf(claims: Record<string, unknown>): Promise<SignedIn | null> {
    const bearer = readClaims(claims, this.clock.now());
    if (!bearer) return null;
    const { userId, orgId, epoch, sessionId } = bearer;
    const standing = await this.users.findStanding(this.dataSource.manager, userId, sessionId);
    if (!standing?.isActive || standing.sessionEnded) return null;
    if (standing.orgId !== orgId || standing.tokenEpoch !== epoch) return null;
    return { userId, orgId, roles: standing.roles, sessionId };
  }
}

function cookieToken(request: unknown): string | null {
  return (request as FastifyRequest).cookies[SESSION_COOKIE] ?? null;
}
