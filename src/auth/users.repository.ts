import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/prepared.js';
import { violatesUnique } from '../platform/database/sqlstate.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import { NOBODYS_HASH } from './nobodys-hash.js';
import type { UserRole } from './permissions.js';
import type { SessionFacts } from './session-life.js';
import { User } from './user.entity.js';

/** What the users table says of a person beside the roles. */
export type UserFacts = Pick<User, 'fullName' | 'passwordHash' | 'isActive' | 'tokenEpoch'>;

/** What a sign-in says to each request: whether it holds, and when its person last proved who they are. */
interface StandingSession extends SessionFacts {
  readonly confirmedAt: Date;
}

/** What decides whether a token is still worth anything, and whose it is. */
export interface Standing {
  orgId: number;
  email: string;
  fullName: string;
  /** The name of the organisation. */
  company: string;
  isActive: boolean;
  tokenEpoch: number;
  roles: UserRole[];
  /** The sign-in the token comes from; null where the token names none. */
  session: StandingSession | null;
}

/** How a person stands. Every request begins with it. Parameters: the person, the sign-in (null: none is named). */
export const STANDING =
  prepared(`select u.org_id as "orgId", u.email, u.full_name as "fullName", u.is_active as "isActive",
     u.token_epoch as "tokenEpoch",
     array(select r.name from user_roles ur join roles r on r.id = ur.role_id
            where ur.user_id = u.id order by r.id) as roles,
     (select o.name from orgs o where o.id = u.org_id) as company,
     s.kind, s.confirmed_at as "confirmedAt", s.last_used_at as "lastUsedAt",
     s.expires_at as "expiresAt", s.ended_at as "endedAt"
   from users u left join sessions s on s.id = $2 and s.user_id = u.id where u.id = $1`);

/** The users table with the roles of each. People are found by organisation, but for signing in. */
@Injectable()
export class UsersRepository {
  /** Adds a person without roles. Throws a conflict where anyone in the installation has this e-mail. */
  async insert(
    tx: EntityManager,
    facts: Pick<User, 'orgId' | 'email' | 'fullName' | 'passwordHash'>,
    at: Date,
  ): Promise<number> {
    const user = tx.create(User, { ...facts, createdAt: at, updatedAt: at });
    await tx.insert(User, user).catch((error: unknown) => {
      if (!violatesUnique(error, 'users_email_key')) throw error;
      throw emailTaken(facts.email);
    });
    return user.id;
  }

  async update(tx: EntityManager, id: number, facts: UserFacts, at: Date): Promise<void> {
    const { fullName, passwordHash, isActive, tokenEpoch } = facts;
    await tx.update(User, { id }, { fullName, passwordHash, isActive, tokenEpoch, updatedAt: at });
  }

  /** Forgets who a person was; no password fits any more. */
  async erase(tx: EntityManager, id: number, at: Date): Promise<void> {
    await tx.query(
      `update users set email = 'erased-' || id || '@erased.invalid', full_name = 'Former person', password_hash = $3,
         is_active = false, token_epoch = token_epoch + 1, updated_at = $2 where id = $1`,
      [id, at, NOBODYS_HASH],
    );
  }

  /** Gives a person exactly these roles. */
  async setRoles(tx: EntityManager, id: number, roles: readonly UserRole[]): Promise<void> {
    await tx.query('delete from user_roles where user_id = $1', [id]);
    await tx.query(
      'insert into user_roles (user_id, role_id) select $1, id from roles where name = any($2)',
      [id, roles],
    );
  }

  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<User> {
    const user = await tx.findOne(User, { where: { orgId, id }, relations: { roles: true } });
    if (!user) throw notFound('user', id);
    return user;
  }

  /** A person by what identifies them in a session or a mail, whatever their organisation. */
  async findById(tx: EntityManager, id: number): Promise<User | null> {
    return tx.findOne(User, { where: { id }, relations: { roles: true } });
  }

  async findByEmail(tx: EntityManager, email: string): Promise<User | null> {
    return tx
      .createQueryBuilder(User, 'user')
      .leftJoinAndSelect('user.roles', 'role')
      .where('lower(user.email) = lower(:email)', { email })
      .getOne();
  }

  /** Lowest id first, from after `afterId`; one more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    { limit, afterId }: { limit: number; afterId?: number },
  ): Promise<User[]> {
    const query = tx
      .createQueryBuilder(User, 'user')
      .leftJoinAndSelect('user.roles', 'role')
      .where('user.orgId = :orgId', { orgId })
      .orderBy('user.id', 'ASC')
      .take(limit + 1);
    if (afterId !== undefined) query.andWhere('user.id > cast(:afterId as bigint)', { afterId });
    return query.getMany();
  }

  /** The name of an organisation, which nobody may take for a password. */
  async companyOf(tx: EntityManager, orgId: number): Promise<string> {
    const [org] = await tx.query<{ name: string }[]>('select name from orgs where id = $1', [orgId]);
    if (!org) throw notFound('organisation', orgId);
    return org.name;
  }

  /** There is always one: an organisation never loses its last. */
  async firstActiveAdmin(tx: EntityManager, orgId: number): Promise<User> {
    return tx.findOneOrFail(User, {
      where: { orgId, isActive: true, roles: { name: 'admin' } },
      order: { id: 'ASC' },
    });
  }

  async countActiveAdmins(tx: EntityManager, orgId: number): Promise<number> {
    return tx.count(User, { where: { orgId, isActive: true, roles: { name: 'admin' } } });
  }

  /** Holds back others that change who runs the organisation until the transaction ends. */
  async lockOrg(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('select from orgs where id = $1 for no key update', [orgId]);
  }

  /** The person, locked until the transaction ends: whoever begins, carries on or ends a sign-in holds this lock. */
  async lock(tx: EntityManager, id: number): Promise<User> {
    await tx.query('select from users where id = $1 for no key update', [id]);
    return tx.findOneOrFail(User, { where: { id }, relations: { roles: true } });
  }

  /** How a person stands at this moment, and the sign-in with them. Null for nobody. */
  async findStanding(tx: EntityManager, id: number, sessionId: string | null): Promise<Standing | null> {
    const [row] = await tx.query<
      (Omit<Standing, 'session'> & (StandingSession | { [Fact in keyof StandingSession]: null }))[]
    >(STANDING, [id, sessionId]);
    if (!row) return null;
    const { kind, confirmedAt, lastUsedAt, expiresAt, endedAt, ...standing } = row;
    const session = kind === null ? null : { kind, confirmedAt, lastUsedAt, expiresAt, endedAt };
    return { ...standing, session };
  }
}

/** An address stands for one person of the whole installation. */
export function emailTaken(email: string): DomainError {
  return new DomainError('conflict', 'email_taken', `Someone signs in as ${email} already.`);
}
