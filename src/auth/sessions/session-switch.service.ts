import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { inEnteredOrganisation } from '../../platform/database/scope/scope.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { Clock } from '../../platform/time/clock.js';
import { AccessTokensService } from './access-tokens.service.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import type { StoredSession } from './session.entity.js';
import { BROWSER_LIFE_MS } from './session-life.js';
import { type IssuedTokens, SessionTokensService } from './session-tokens.service.js';
import { SessionsRepository } from './sessions.repository.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';

/** A session where it is now. */
interface MovedSession {
  user: User;
  sessionId: string;
  expiresAt: Date;
}

/**
 * Moves a sign-in from one organisation of its person to another. It stays the same sign-in: it began, was confirmed
 * and ends when it did before. The organisation that is left learns nothing, since it need not know of the other.
 */
@Injectable()
export class SessionSwitchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly sessionTokens: SessionTokensService,
    private readonly tokens: AccessTokensService,
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Moves the session of a program, and answers tokens for the other organisation. Refresh tokens that were not used
   * are withdrawn. Throws `forbidden` where no such organisation lets the person in, and a conflict for a token that
   * names no session.
   */
  async switchProgram(person: SessionUser, orgId: number): Promise<IssuedTokens> {
    const refreshToken = this.tokens.newRefreshToken();
    const { user, sessionId } = await this.move(person, 'program', orgId, async (tx, moved) => {
      const { sessionId: id, expiresAt } = moved;
      await this.sessions.withdrawTickets(tx, id);
      const session = { id, userId: moved.user.id, expiresAt };
      await this.sessionTokens.keep(tx, session, refreshToken, this.clock.now());
    });
    return this.sessionTokens.issue(user, sessionId, refreshToken);
  }

  /** The same for a browser; answers the new value of its cookie. The one before is worth nothing from here on. */
  async switchBrowser(person: SessionUser, orgId: number): Promise<string> {
    const { user, sessionId } = await this.move(person, 'browser', orgId);
    return this.tokens.sign('browser', user, sessionId, BROWSER_LIFE_MS / 1000);
  }

  private async move(
    { userId, sessionId }: SessionUser,
    kind: StoredSession['kind'],
    orgId: number,
    also?: (tx: EntityManager, moved: MovedSession) => Promise<void>,
  ): Promise<MovedSession> {
    if (sessionId === null) throw withoutSession();
    const result = await this.dataSource.transaction(async (tx) => {
      await this.users.lock(tx, userId);
      const user = await this.users.findInOrg(tx, orgId, userId);
      if (!user?.isActive) throw notAMember();
      const expiresAt = await this.sessions.move(tx, { userId, sessionId, kind, orgId }, this.clock.now());
      if (!expiresAt) throw withoutSession();
      const moved = { user, sessionId, expiresAt };
      await also?.(tx, moved);
      await this.users.keepLastUsed(tx, userId, orgId);
      const deed = { action: 'sign_in.switched', subject: `user:${userId}`, userId } as const;
      await inEnteredOrganisation(orgId, () => this.audit.record(tx, orgId, deed));
      return moved;
    });
    this.metrics.introduceOrg(orgId);
    return result;
  }
}

/** One answer for an organisation there is not, one of others, and one that lets the person in no more. */
function notAMember(): DomainError {
  const detail =
    'You are in no such organisation, or it does not let you in. GET /auth/me lists those that do, in `orgs`.';
  return new DomainError('forbidden', 'not_a_member', detail);
}

function withoutSession(): DomainError {
  const detail = 'There is no session of yours that could be moved. Sign in with `org_id` instead.';
  return new DomainError('conflict', 'session_unknown', detail);
}
