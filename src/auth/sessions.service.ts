import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { Clock } from '../platform/time/clock.js';
import { ANSWER_HELD_MS, refreshDecision } from './refresh-decision.js';
import { SessionsRepository } from './sessions.repository.js';
import { AccessTokensService } from './access-tokens.service.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

const REFRESH_LIFE_MS = 30 * 86_400_000;
export const BROWSER_LIFE_SECONDS = 12 * 3600;

/** What a program gets when it signs in. */
export interface IssuedTokens {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string;
}

/**
 * Owns sign-ins from beginning to end. Each is a family of tickets; every refresh token is good for one exchange, and
 * one used twice ends the family. A sign-in lasts 30 days at most, a browser's 12 hours.
 */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly tokens: AccessTokensService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Begins the sign-in of a program. */
  async begin(user: User): Promise<IssuedTokens> {
    const familyId = randomUUID();
    const refreshToken = this.tokens.newRefreshToken();
    await this.dataSource.transaction(async (tx) => {
      await this.confirm(tx, user);
      await this.keep(tx, user.id, familyId, refreshToken, REFRESH_LIFE_MS);
    });
    return this.issue(user, familyId, refreshToken);
  }

  /** Begins the sign-in of a browser and answers the cookie's value. */
  async beginInBrowser(user: User): Promise<string> {
    const familyId = randomUUID();
    const cookie = this.tokens.sign('browser', user, familyId, BROWSER_LIFE_SECONDS);
    await this.dataSource.transaction(async (tx) => {
      await this.confirm(tx, user);
      await this.keep(tx, user.id, familyId, cookie, BROWSER_LIFE_SECONDS * 1000);
    });
    return cookie;
  }

  /** Exchanges a refresh token for its successor. `arrivedAt` is when the request came. */
  async refresh(refreshToken: string, arrivedAt: Date): Promise<IssuedTokens> {
    const hash = this.tokens.hashOf(refreshToken);
    const seen = this.tokens.isRefreshToken(refreshToken)
      ? await this.sessions.findByHash(this.dataSource.manager, hash)
      : null;
    if (!seen) throw refused();
    const issued = await this.dataSource.transaction(async (tx) => {
      const user = await this.users.lock(tx, seen.userId);
      const ticket = await this.sessions.findByHash(tx, hash);
      const now = this.clock.now();
      if (!ticket || !user.isActive) return null;
      const decision = refreshDecision(ticket, { arrivedAt, seenUnused: seen.usedAt === null, now });
      if (decision === 'reuse') await this.endStolen(tx, user.id, ticket.familyId, now);
      if (decision === 'refuse' || decision === 'reuse') return null;
      const successor = this.tokens.successorOf(refreshToken);
      if (decision === 'rotate') {
        await this.sessions.markUsed(tx, ticket, now);
        const lifeMs = ticket.expiresAt.getTime() - now.getTime();
        await this.keep(tx, user.id, ticket.familyId, successor, lifeMs);
      }
      return this.issue(user, ticket.familyId, successor);
    });
    if (!issued) throw refused();
    await pause(ANSWER_HELD_MS);
    return issued;
  }

  /** Ends one sign-in: its refresh tokens, access tokens and cookie are worth nothing from here on. */
  async end(userId: number, familyId: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await this.users.lock(tx, userId);
      await this.sessions.revokeFamily(tx, userId, familyId, this.clock.now());
    });
  }

  /** Ends the sign-in a refresh token belongs to, if it is this person's. */
  async endOf(userId: number, refreshToken: string): Promise<void> {
    const ticket = await this.sessions.findByHash(this.dataSource.manager, this.tokens.hashOf(refreshToken));
    if (ticket?.userId === userId) await this.end(userId, ticket.familyId);
  }

  private async endStolen(tx: EntityManager, userId: number, familyId: string, at: Date): Promise<void> {
    await this.sessions.revokeFamily(tx, userId, familyId, at);
    this.logger.warn({ userId, familyId }, 'A used refresh token came again; its sign-in is ended');
  }

  /** Nobody begins a sign-in with a password that was replaced, or an account that was disabled, meanwhile. */
  private async confirm(tx: EntityManager, user: User): Promise<void> {
    const current = await this.users.lock(tx, user.id);
    if (!current.isActive || current.tokenEpoch !== user.tokenEpoch) throw refused();
  }

  private async keep(
    tx: EntityManager,
    userId: number,
    familyId: string,
    ticket: string,
    lifeMs: number,
  ): Promise<void> {
    const issuedAt = this.clock.now();
    const expiresAt = new Date(issuedAt.getTime() + lifeMs);
    const tokenHash = this.tokens.hashOf(ticket);
    await this.sessions.insert(tx, { userId, familyId, tokenHash, issuedAt, expiresAt });
  }

  private issue(user: User, familyId: string, refreshToken: string): IssuedTokens {
    const expiresInSeconds = this.config.auth.accessTokenMinutes * 60;
    const accessToken = this.tokens.sign('bearer', user, familyId, expiresInSeconds);
    return { accessToken, expiresInSeconds, refreshToken };
  }
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'session_ended', 'This sign-in is over. Sign in again.');
}
