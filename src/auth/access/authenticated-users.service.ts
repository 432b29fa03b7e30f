import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import type { UserRole } from './permissions.js';
import { countsIn, isUseToBeKept, sessionHolds } from '../sessions/session-life.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { StandingRepository } from '../people/standing.repository.js';
import { readClaims } from '../sessions/token-claims.js';

/** A caller with their name, and the sign-in the token comes from. */
export interface SessionUser extends AuthenticatedUser {
  readonly email: string;
  readonly fullName: string;
  /** The name of the organisation. */
  readonly company: string;
  readonly sessionId: string | null;
  /** When they last proved who they are: by the session; by the token's own age where it names none. */
  readonly confirmedAt: Date;
  /** They have no second factor, and the organisation asks everybody for one. */
  readonly lacksFactor: boolean;
}

/** When a token says nothing of its age: longer ago than any route takes. */
const NEVER = new Date(0);

/** Who stands behind the claims of a token whose signature holds. */
@Injectable()
export class AuthenticatedUsersService {
  constructor(
    private readonly standings: StandingRepository,
    private readonly sessions: SessionsRepository,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** True while somebody who was let in may still do what these roles may: for answers that go on for minutes. */
  async stands(user: SessionUser, allowed: readonly UserRole[]): Promise<boolean> {
    const standing = await this.standings.find(this.dataSource.manager, user);
    if (!standing?.isActive || standing.lacksFactor) return false;
    const isSignedIn = standing.session === null || sessionHolds(standing.session, this.clock.now());
    return isSignedIn && standing.roles.some((role) => allowed.includes(role));
  }

  /**
   * The caller where the database agrees at this moment: the organisation of the token lets the person in, and neither
   * the epoch nor the session is over. Roles are the database's, and those of this organisation, so a change of them
   * takes effect with the next call.
   */
  async find(claims: Record<string, unknown>): Promise<SessionUser | null> {
    const now = this.clock.now();
    const bearer = readClaims(claims, now);
    if (!bearer) return null;
    const { userId, orgId, epoch, sessionId, issuedAt } = bearer;
    const standing = await this.standings.find(this.dataSource.manager, bearer);
    if (!standing?.isActive || standing.tokenEpoch !== epoch) return null;
    const { session } = standing;
    if (session && !(sessionHolds(session, now) && countsIn(session, orgId))) return null;
    if (session && isUseToBeKept(session, now)) {
      await this.sessions.keepUse(this.dataSource.manager, sessionId!, now);
    }
    const { email, fullName, company, roles, lacksFactor } = standing;
    const confirmedAt = session?.confirmedAt ?? issuedAt ?? NEVER;
    return { userId, orgId, email, fullName, company, roles, sessionId, confirmedAt, lacksFactor };
  }
}
