import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import type { AuditAction } from '../../audit/audit-action.js';
import type { AuditValues } from '../../audit/audit-values.js';
import { AuditService } from '../../audit/audit.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { cutText } from '../../platform/text/cut-text.js';
import { Clock } from '../../platform/time/clock.js';
import { ANSWER_HELD_MS, refreshDecision } from './refresh-decision.js';
import { BROWSER_LIFE_MS, PROGRAM_LIFE_MS, sessionHolds } from './session-life.js';
import { SecondFactorsRepository } from '../second-factor/second-factors.repository.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import type { StoredSession } from './session.entity.js';
import { type IssuedTokens, SessionTokensService } from './session-tokens.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { AccessTokensService } from './access-tokens.service.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';
import { after } from '../../platform/time/after.js';

const USER_AGENT_LENGTH_MAX = 300;

/** Where a sign-in comes from, for the person to recognise it by. */
export interface SignInOrigin {
  ip: string;
  userAgent?: string;
}

/** What is known of how the person proved who they are. */
export interface SignInProof {
  /** When; now where it is left out. A session that begins in place of another takes over what that one knew. */
  confirmedAt?: Date;
  /** Whether a second factor was asked for; with one that was turned on meanwhile no session begins. */
  hasFactor?: boolean;
  /** The id of the session, where what proves the person begins one alone. */
  sessionId?: string;
}

/**
 * Owns sign-ins from beginning to end. Every refresh token is good for one exchange, and one used twice ends the
 * session. A session lasts 30 days at most, a browser's 12 hours, and an hour without a request.
 */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly tokens: AccessTokensService,
    private readonly sessionTokens: SessionTokensService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Begins the sign-in of a program. */
  async begin(user: User, origin: SignInOrigin, proof: SignInProof = {}): Promise<IssuedTokens> {
    const refreshToken = this.tokens.newRefreshToken();
    const session = this.sessionOf(user, 'program', PROGRAM_LIFE_MS, { ...origin, ...proof });
    await this.dataSource.transaction(async (tx) => {
      await this.confirm(tx, user, proof);
      await this.sessions.insert(tx, session);
      await this.sessionTokens.keep(tx, session, refreshToken, session.begunAt);
      await this.write(tx, user, 'sign_in.succeeded', { by: 'program' });
    });
    return this.sessionTokens.issue(user, session.id, refreshToken);
  }

  /**
   * Begins the sign-in of a browser and answers the cookie's value; of one that began under its id before the same.
   * Throws where that is over.
   */
  async beginInBrowser(user: User, origin: SignInOrigin, proof: SignInProof = {}): Promise<string> {
    const session = this.sessionOf(user, 'browser', BROWSER_LIFE_MS, { ...origin, ...proof });
    await this.dataSource.transaction(async (tx) => {
      await this.confirm(tx, user, proof);
      const begun = await this.sessions.find(tx, user.id, session.id);
      if (begun && !sessionHolds(begun, session.begunAt)) throw refused();
      if (begun) return;
      await this.sessions.insert(tx, session);
      await this.write(tx, user, 'sign_in.succeeded', { by: 'browser' });
    });
    return this.tokens.sign('browser', user, session.id, BROWSER_LIFE_MS / 1000);
  }

  /**
   * Exchanges a refresh token for its successor, for the organisation its session is in now. `arrivedAt` is when the
   * request came.
   */
  async refresh(refreshToken: string, arrivedAt: Date): Promise<IssuedTokens> {
    const hash = this.tokens.hashOf(refreshToken);
    const seen = this.tokens.isRefreshToken(refreshToken)
      ? await this.sessions.findTicket(this.dataSource.manager, hash)
      : null;
    if (!seen) throw refused();
    const issued = await this.dataSource.transaction(async (tx) => {
      await this.users.lock(tx, seen.userId);
      const ticket = await this.sessions.findTicket(tx, hash);
      const now = this.clock.now();
      if (!ticket) return null;
      const user = await this.users.findInOrg(tx, ticket.orgId, ticket.userId);
      if (!user?.isActive) return null;
      const decision = refreshDecision(ticket, { arrivedAt, seenUnused: seen.usedAt === null, now });
      if (decision === 'reuse') await this.endStolen(tx, user, ticket.familyId, now);
      if (decision === 'refuse' || decision === 'reuse') return null;
      const successor = this.tokens.successorOf(refreshToken);
      if (decision === 'repeat' && !(await this.isThere(tx, successor))) return null;
      if (decision === 'rotate') {
        await this.sessions.markTicketUsed(tx, ticket, now);
        await this.sessions.keepUse(tx, ticket.familyId, now);
        const { expiresAt } = ticket;
        const session = { id: ticket.familyId, userId: user.id, expiresAt };
        await this.sessionTokens.keep(tx, session, successor, now);
      }
      return this.sessionTokens.issue(user, ticket.familyId, successor);
    });
    if (!issued) throw refused();
    await pause(ANSWER_HELD_MS);
    // Withdrawn meanwhile, as by a switch, it would be a token that is worth nothing.
    if (!(await this.isThere(this.dataSource.manager, issued.refreshToken))) throw refused();
    return issued;
  }

  private async isThere(tx: EntityManager, refreshToken: string): Promise<boolean> {
    return (await this.sessions.findTicket(tx, this.tokens.hashOf(refreshToken))) !== null;
  }

  /** The live sessions of a person, newest first. */
  async listLive(
    userId: number,
    page: { limit: number; before?: { begunAt: Date; id: string } },
  ): Promise<StoredSession[]> {
    return this.sessions.listLive(this.dataSource.manager, userId, { ...page, now: this.clock.now() });
  }

  /**
   * Ends one session: its refresh tokens, access tokens and cookie are worth nothing from here on. Answers false where
   * it was over before, or is not this person's.
   */
  async end({ userId, orgId }: AuthenticatedUser, sessionId: string): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, orgId, userId);
      const ended = await this.sessions.end(tx, userId, sessionId, this.clock.now());
      if (ended) await this.write(tx, user, 'sign_in.ended');
      return ended;
    });
  }

  /** Ends the session a refresh token belongs to, if it is this person's. */
  async endOf(user: AuthenticatedUser, refreshToken: string): Promise<void> {
    const ticket = await this.sessions.findTicket(this.dataSource.manager, this.tokens.hashOf(refreshToken));
    if (ticket?.userId === user.userId) await this.end(user, ticket.familyId);
  }

  /** Ends every session of a person, in all organisations, and every token that was signed before. */
  async endAll({ userId, orgId }: AuthenticatedUser): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, orgId, userId);
      const now = this.clock.now();
      await this.sessions.endAll(tx, userId, now);
      await this.write(tx, user, 'sign_in.all_ended');
      await this.users.raiseEpoch(tx, userId, now);
    });
  }

  private async endStolen(tx: EntityManager, user: User, sessionId: string, at: Date): Promise<void> {
    await this.sessions.end(tx, user.id, sessionId, at);
    await this.write(tx, user, 'sign_in.reused');
    this.logger.warn({ userId: user.id, sessionId }, 'A used refresh token came again; its session is ended');
  }

  /**
   * Whoever signs in is in no organisation yet, so this says in which it is: where the deed is done, also where the
   * session is in another one of theirs.
   */
  private async write(
    tx: EntityManager,
    { id, orgId }: User,
    action: AuditAction,
    values?: AuditValues,
  ): Promise<void> {
    const userId = action === 'sign_in.reused' ? undefined : id;
    const deed = { action, subject: `user:${id}`, userId, after: values } as const;
    await inOrganisation(orgId, () => this.audit.record(tx, orgId, deed));
  }

  /**
   * Nobody begins a sign-in with a password that was replaced, an account that was disabled, or without a second factor
   * that was turned on, meanwhile.
   */
  private async confirm(tx: EntityManager, user: User, { hasFactor }: SignInProof): Promise<void> {
    const current = await this.users.getLocked(tx, user.orgId, user.id);
    if (!current.isActive || current.tokenEpoch !== user.tokenEpoch) throw refused();
    if (hasFactor === false && (await this.factors.isOn(tx, user.id))) throw refused();
    await this.users.keepLastUsed(tx, user.id, user.orgId);
  }

  private sessionOf(
    { id: userId, orgId }: User,
    kind: StoredSession['kind'],
    lifeMs: number,
    { ip, userAgent, confirmedAt, sessionId }: SignInOrigin & SignInProof,
  ): StoredSession {
    const begunAt = this.clock.now();
    return {
      id: sessionId ?? randomUUID(),
      userId,
      orgId,
      kind,
      begunAt,
      confirmedAt: confirmedAt ?? begunAt,
      lastUsedAt: begunAt,
      expiresAt: after(begunAt, lifeMs),
      endedAt: null,
      ip,
      userAgent: userAgent === undefined ? null : cutText(userAgent, USER_AGENT_LENGTH_MAX),
    };
  }
}

function refused(): DomainError {
  return new DomainError('unauthenticated', 'session_ended', 'This sign-in is over. Sign in again.');
}
