import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditValues } from '../audit/audit-values.js';
import { AuditService } from '../audit/audit.service.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import { afterId, type PageQuery } from '../platform/http/page.dto.js';
import { Clock } from '../platform/time/clock.js';
import type { UserRole } from './permissions.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { inSeveral } from './in-several.js';
import { InvitationsRepository } from './invitations.repository.js';
import { MembershipsRepository, type OwnOrg } from './memberships.repository.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordsService } from './passwords.service.js';
import { SessionsRepository } from './sessions.repository.js';
import type { User } from './user.js';
import { UsersRepository } from './users.repository.js';

export interface NewPerson {
  email: string;
  fullName: string;
  password: string;
  roles: readonly UserRole[];
  /** Demo data may use a password that everyone knows. */
  demo?: boolean;
}

export interface PersonChange {
  fullName?: string;
  isActive?: boolean;
  roles?: readonly UserRole[];
  password?: string;
}

/**
 * Owns the people of an organisation and what each may do. An organisation never loses its last active admin. What a
 * person is in all their organisations alike, an admin changes only of who is in this one alone.
 */
@Injectable()
export class UsersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly memberships: MembershipsRepository,
    private readonly sessions: SessionsRepository,
    private readonly accountTokens: AccountTokensRepository,
    private readonly invitations: InvitationsRepository,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditService,
    private readonly passwordChange: PasswordChangeService,
    private readonly clock: Clock,
  ) {}

  /** Adds a person to the organisation. Throws a conflict where the e-mail is taken anywhere in the installation. */
  async add(orgId: number, person: NewPerson): Promise<User> {
    const company = await this.companyOf(orgId);
    const passwordHash = await this.hashNewPassword(person, company);
    return this.dataSource.transaction(async (tx) => {
      const user = await this.insert(tx, orgId, person, passwordHash);
      const deed = { action: 'user.created', subject: `user:${user.id}` } as const;
      await this.audit.record(tx, orgId, { ...deed, after: { email: user.email, ...auditedPerson(user) } });
      return user;
    });
  }

  /** The same as part of the caller's transaction, with a hash made before it began. */
  async insert(tx: EntityManager, orgId: number, person: NewPerson, passwordHash: string): Promise<User> {
    const { email, fullName, roles } = person;
    const id = await this.users.insert(tx, { orgId, email, fullName, passwordHash }, this.clock.now());
    await this.memberships.setRoles(tx, { orgId, userId: id, roles });
    return this.users.getInOrg(tx, orgId, id);
  }

  /** The hash to store for a person. Throws where the password breaks the rules; demo data may break them. */
  async hashNewPassword(person: Omit<NewPerson, 'roles'>, company: string): Promise<string> {
    const { password, email, fullName, demo = false } = person;
    return demo
      ? this.passwords.hash(password)
      : this.passwords.hashNew(password, { email, fullName, company });
  }

  async list(orgId: number, query: PageQuery): Promise<User[]> {
    return this.users.list(this.dataSource.manager, orgId, { limit: query.limit, afterId: afterId(query) });
  }

  async get(orgId: number, id: number): Promise<User> {
    return this.users.getInOrg(this.dataSource.manager, orgId, id);
  }

  /** Who runs the organisation: of its active admins the first. */
  async firstAdmin(orgId: number): Promise<User> {
    return this.users.firstActiveAdmin(this.dataSource.manager, orgId);
  }

  /** The organisations that let a person in, by name, with the roles in each. */
  async listOrgs(userId: number): Promise<OwnOrg[]> {
    return this.memberships.listOwn(this.dataSource.manager, userId);
  }

  /** The name of the organisation. */
  async companyOf(orgId: number): Promise<string> {
    return this.users.companyOf(this.dataSource.manager, orgId);
  }

  /**
   * Changes what is given, at once: a disabled person is signed out of this organisation, one with a new password
   * everywhere. Throws a conflict for name and password of who is in another organisation too.
   */
  async change(orgId: number, id: number, change: PersonChange): Promise<User> {
    const { email, fullName } = await this.get(orgId, id);
    const company = await this.companyOf(orgId);
    const passwordHash =
      change.password === undefined
        ? undefined
        : await this.passwords.hashNew(change.password, { email, fullName, company });
    return this.dataSource.transaction(async (tx) => {
      await this.users.lockOrg(tx, orgId);
      const user = await this.users.getLocked(tx, orgId, id);
      await this.changePerson(tx, user, { fullName: change.fullName, passwordHash });
      await this.changeMembership(tx, user, change);
      const changed = await this.users.getInOrg(tx, orgId, id);
      const deed = { action: 'user.updated', subject: `user:${id}` } as const;
      await this.audit.recordChange(tx, orgId, deed, auditedPerson(user), auditedPerson(changed));
      return changed;
    });
  }

  /** Sets the password of whoever signs in with this e-mail, for the operator of the installation. */
  async setPasswordOf(email: string, password: string): Promise<User> {
    const user = await this.users.findByEmail(this.dataSource.manager, email);
    if (!user) throw notFound('person', email);
    const company = await this.users.companyOf(this.dataSource.manager, user.orgId);
    const facts = { email: user.email, fullName: user.fullName, company };
    const passwordHash = await this.passwords.hashNew(password, facts);
    return this.dataSource.transaction(async (tx) => {
      const locked = await this.users.getLocked(tx, user.orgId, user.id);
      return this.passwordChange.replace(tx, locked, passwordHash, 'operator');
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
      throw inSeveral(email, passwordHash === undefined ? 'the name' : 'the password');
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

/** What the audit log tells of a person. */
function auditedPerson({ fullName, isActive, roles }: User): AuditValues {
  return { full_name: fullName, is_active: isActive, roles };
}
