import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { AccountTokensRepository } from '../account/account-tokens.repository.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import { inSeveral } from './in-several.js';
import { InvitationsRepository } from '../invitations/invitations.repository.js';
import { MembershipsRepository } from './memberships.repository.js';
import { PasswordChangeService } from '../passwords/password-change.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import type { UserRole } from '../access/permissions.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { User } from './user.js';
import { userErased } from './user-erased.js';
import { UsersRepository } from './users.repository.js';
import { auditedPerson, UsersService } from './users.service.js';

export interface PersonChange {
  fullName?: string;
  isActive?: boolean;
  roles?: readonly UserRole[];
  password?: string;
}

/**
 * Changes people of an organisation and what each may do. An organisation never loses its last active admin. What a
 * person is in all their organisations alike, an admin changes only of who is in this one alone.
 */
@Injectable()
export class PersonChangeService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly people: UsersService,
    private readonly users: UsersRepository,
    private readonly memberships: MembershipsRepository,
    private readonly sessions: SessionsRepository,
    private readonly accountTokens: AccountTokensRepository,
    private readonly invitations: InvitationsRepository,
    private readonly passwords: PasswordsService,
    private readonly passwordChange: PasswordChangeService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes what is given, at once: a disabled person is signed out of this organisation, one with a new password
   * everywhere. Throws a conflict for who was erased, and for name and password of who is in another organisation too;
   * and where `by` runs the organisation no more, by a change that was made at the same moment.
   */
  async change(by: AuthenticatedUser, id: number, change: PersonChange): Promise<User> {
    const { orgId } = by;
    const { email, fullName } = await this.people.get(orgId, id);
    const company = await this.people.companyOf(orgId);
    const passwordHash =
      change.password === undefined
        ? undefined
        : await this.passwords.hashNew(change.password, { email, fullName, company }, `org:${orgId}`);
    return this.dataSource.transaction(async (tx) => {
      await this.users.lockOrgFor(tx, by);
      const user = await this.users.getLocked(tx, orgId, id);
      if (user.isErased) throw userErased(user);
      await this.changePerson(tx, user, { fullName: change.fullName, passwordHash });
      await this.changeMembership(tx, user, change);
      const changed = await this.users.getInOrg(tx, orgId, id);
      const deed = { action: 'user.updated', subject: `user:${id}` } as const;
      await this.audit.recordChange(tx, orgId, deed, auditedPerson(user), auditedPerson(changed));
      return changed;
    });
  }

  /** What is the person's everywhere. */
  private async changePerson(
    tx: EntityManager,
    user: User,
    { fullName = user.fullName, passwordHash }: { fullName?: string; passwordHash?: string },
  ): Promise<void> {
    const { orgId, id, email } = user;
    if (fullName === user.fullName && passwordHash === undefined) return;
    if (await this.memberships.isElsewhere(tx, orgId, id)) {
      throw inSeveral(email, passwordHash === undefined ? 'name' : 'password');
    }
    if (fullName !== user.fullName) await this.users.rename(tx, id, fullName, this.clock.now());
    if (passwordHash !== undefined) await this.passwordChange.replace(tx, user, passwordHash, 'admin');
  }

  /** What is the person's in this organisation. */
  private async changeMembership(tx: EntityManager, user: User, change: PersonChange): Promise<void> {
    const { orgId, id: userId } = user;
    const { isActive = user.isActive, roles = user.roles } = change;
    const now = this.clock.now();
    const staysAdmin = isActive && roles.includes('admin');
    await this.keepAnAdmin(tx, user, staysAdmin);
    if (!staysAdmin) await this.invitations.endOfInviter(tx, orgId, userId, now);
    await this.memberships.setRoles(tx, { orgId, userId, roles });
    if (isActive === user.isActive) return;
    await this.memberships.setActive(tx, { orgId, userId, isActive }, now);
    if (isActive) return;
    await this.sessions.endIn(tx, orgId, userId, now);
    const hasElsewhere = await this.memberships.isLetInAnywhere(tx, userId);
    if (!hasElsewhere) await this.accountTokens.endAll(tx, userId, now);
  }

  private async keepAnAdmin(tx: EntityManager, user: User, staysAdmin: boolean): Promise<void> {
    const isAdmin = user.isActive && user.roles.includes('admin');
    if (!isAdmin || staysAdmin || (await this.users.countActiveAdmins(tx, user.orgId)) > 1) return;
    throw new DomainError(
      'conflict',
      'last_admin',
      `${user.email} is the only active admin. Make someone else an admin first.`,
    );
  }
}
