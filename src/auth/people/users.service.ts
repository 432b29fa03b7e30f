import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditValues } from '../../audit/audit-values.js';
import { AuditService } from '../../audit/audit.service.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { afterId, type PageQuery } from '../../platform/http/lists/page.dto.js';
import { Clock } from '../../platform/time/clock.js';
import type { UserRole } from '../access/permissions.js';
import { MembershipsRepository, type OwnOrg } from './memberships.repository.js';
import { PasswordChangeService } from '../passwords/password-change.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
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

/** Knows the people of an organisation, and adds to them. */
@Injectable()
export class UsersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly memberships: MembershipsRepository,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditService,
    private readonly passwordChange: PasswordChangeService,
    private readonly clock: Clock,
  ) {}

  /** Adds a person to the organisation. Throws a conflict where the e-mail is taken anywhere in the installation. */
  async add(orgId: number, person: NewPerson): Promise<User> {
    const company = await this.companyOf(orgId);
    const passwordHash = await this.hashNewPassword(person, company, `org:${orgId}`);
    return this.dataSource.transaction(async (tx) => {
      const user = await this.insert(tx, orgId, person, { passwordHash, passwordByAdmin: true });
      const deed = { action: 'user.created', subject: `user:${user.id}` } as const;
      await this.audit.record(tx, orgId, { ...deed, after: { email: user.email, ...auditedPerson(user) } });
      return user;
    });
  }

  /** The same as part of the caller's transaction, with a hash made before it began. */
  async insert(
    tx: EntityManager,
    orgId: number,
    person: Omit<NewPerson, 'password'>,
    password: Pick<User, 'passwordHash' | 'passwordByAdmin'>,
  ): Promise<User> {
    const { email, fullName, roles } = person;
    const id = await this.users.insert(tx, { orgId, email, fullName, ...password }, this.clock.now());
    await this.memberships.setRoles(tx, { orgId, userId: id, roles });
    return this.users.getInOrg(tx, orgId, id);
  }

  /**
   * The hash to store for a person, set by this organisation or person. Throws where the password breaks the rules;
   * demo data may break them.
   */
  async hashNewPassword(person: Omit<NewPerson, 'roles'>, company: string, setter: string): Promise<string> {
    const { password, email, fullName, demo = false } = person;
    return demo
      ? this.passwords.hash(password, setter)
      : this.passwords.hashNew(password, { email, fullName, company }, setter);
  }

  async list(orgId: number, query: PageQuery): Promise<User[]> {
    return this.users.list(this.dataSource.manager, orgId, { limit: query.limit, afterId: afterId(query) });
  }

  async get(orgId: number, id: number, tx: EntityManager = this.dataSource.manager): Promise<User> {
    return this.users.getInOrg(tx, orgId, id);
  }

  /** Null where the organisation knows nobody of that number. */
  async find(orgId: number, id: number): Promise<User | null> {
    return this.users.findInOrg(this.dataSource.manager, orgId, id);
  }

  /** Who runs the organisation: of its active admins the first. */
  async firstAdmin(orgId: number): Promise<User> {
    return this.users.firstActiveAdmin(this.dataSource.manager, orgId);
  }

  /** The organisations that let a person in, by name, with the roles in each. */
  async listOrgs(userId: number): Promise<OwnOrg[]> {
    return this.memberships.listOwn(this.dataSource.manager, userId);
  }

  /** The time zone of the organisation. */
  async timeZoneOf(orgId: number): Promise<string> {
    return this.users.timeZoneOf(this.dataSource.manager, orgId);
  }

  /** The name of the organisation. */
  async companyOf(orgId: number): Promise<string> {
    return this.users.companyOf(this.dataSource.manager, orgId);
  }

  /** Sets the password of whoever signs in with this e-mail, for the operator of the installation. */
  async setPasswordOf(email: string, password: string): Promise<User> {
    const user = await this.users.findByEmail(this.dataSource.manager, email);
    if (!user) throw notFound('person', email);
    const company = await this.users.companyOf(this.dataSource.manager, user.orgId);
    const facts = { email: user.email, fullName: user.fullName, company };
    const passwordHash = await this.passwords.hashNew(password, facts, 'the operator');
    return this.dataSource.transaction(async (tx) => {
      const locked = await this.users.getLocked(tx, user.orgId, user.id);
      return this.passwordChange.replace(tx, locked, passwordHash, 'operator');
    });
  }
}

/** What the audit log tells of a person. */
export function auditedPerson({ fullName, isActive, roles }: User): AuditValues {
  return { full_name: fullName, is_active: isActive, roles };
}
