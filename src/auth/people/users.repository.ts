import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { violatesUnique } from '../../platform/database/failures/sqlstate.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import { FORMER_NAME, formerEmail, KNOWN_EMAIL, KNOWN_NAME } from './known-person-sql.js';
import { NOBODYS_HASH } from '../passwords/nobodys-hash.js';
import { notAllowed } from '../access/not-allowed.js';
import { ADMINS } from '../access/permissions.js';
import type { User } from './user.js';

/**
 * People with what each is in an organisation. One who was erased there is nobody there any more: the organisation is
 * shown neither who they were nor who they are elsewhere.
 */
const PEOPLE = `
  select u.id, m.org_id as "orgId",
     ${KNOWN_EMAIL} as email, ${KNOWN_NAME} as "fullName",
     u.password_hash as "passwordHash", u.password_by_admin as "passwordByAdmin",
     u.is_active and m.is_active as "isActive",
     m.erased_at is not null as "isErased",
     m.erased_at is null and exists (
       select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as "hasSecondFactor",
     u.token_epoch + m.token_epoch as "tokenEpoch", m.created_at as "createdAt",
     array(select r.name from user_roles ur join roles r on r.id = ur.role_id
            where ur.org_id = m.org_id and ur.user_id = m.user_id order by r.id) as roles
   from memberships m join users u on u.id = m.user_id`;

/**
 * The organisation a sign-in goes to: the one that is asked for; else, of those that let the person in, the one used
 * last, or the first. One that does not comes only where there is no other. Parameter: the one asked for, or null.
 */
const byPreference = (asked: string): string => `
  m.erased_at is null
  order by m.org_id is not distinct from ${asked}::integer desc, m.is_active desc, (m.org_id = u.org_id) desc, m.org_id
  limit 1`;

const ACTIVE_ADMINS = `
  m.org_id = $1 and m.is_active and u.is_active
  and exists (select from user_roles ur join roles r on r.id = ur.role_id
               where ur.org_id = m.org_id and ur.user_id = m.user_id and r.name = 'admin')`;

/** The table users: the people of the installation, each seen in one organisation. */
@Injectable()
export class UsersRepository {
  /**
   * Adds a person, who becomes a member of the organisation without roles. Throws a conflict where anyone in the
   * installation has this e-mail.
   */
  async insert(
    tx: EntityManager,
    {
      orgId,
      email,
      fullName,
      passwordHash,
      passwordByAdmin,
    }: Pick<User, 'orgId' | 'email' | 'fullName' | 'passwordHash' | 'passwordByAdmin'>,
    at: Date,
  ): Promise<number> {
    const [row] = await tx
      .query<{ id: number }[]>(
        `insert into users (org_id, email, full_name, password_hash, password_by_admin, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6) returning id`,
        [orgId, email, fullName, passwordHash, passwordByAdmin, at],
      )
      .catch((error: unknown) => {
        if (!violatesUnique(error, 'users_email_key')) throw error;
        throw emailTaken(email);
      });
    return row!.id;
  }

  async rename(tx: EntityManager, id: number, fullName: string, at: Date): Promise<void> {
    await tx.query('update users set full_name = $2, updated_at = $3 where id = $1', [id, fullName, at]);
  }

  /** Replaces the password; every token from before is worth nothing. */
  async setPassword(
    tx: EntityManager,
    id: number,
    { passwordHash, passwordByAdmin }: Pick<User, 'passwordHash' | 'passwordByAdmin'>,
    at: Date,
  ): Promise<void> {
    await tx.query(
      `update users set password_hash = $2, password_by_admin = $4, token_epoch = token_epoch + 1, updated_at = $3
        where id = $1`,
      [id, passwordHash, at, passwordByAdmin],
    );
  }

  /** Makes every token of a person from before worth nothing, in all organisations. */
  async raiseEpoch(tx: EntityManager, id: number, at: Date): Promise<void> {
    await tx.query('update users set token_epoch = token_epoch + 1, updated_at = $2 where id = $1', [id, at]);
  }

  /** Forgets who a person was; no password fits any more. */
  async erase(tx: EntityManager, id: number, at: Date): Promise<void> {
    await tx.query(
      `update users set email = ${formerEmail('id')}, full_name = ${FORMER_NAME}, password_hash = $3,
         is_active = false, token_epoch = token_epoch + 1, updated_at = $2 where id = $1`,
      [id, at, NOBODYS_HASH],
    );
  }

  /** Keeps in which organisation a person was last, where it is another one than before. */
  async keepLastUsed(tx: EntityManager, id: number, orgId: number): Promise<void> {
    await tx.query('update users set org_id = $2 where id = $1 and org_id <> $2', [id, orgId]);
  }

  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<User> {
    const user = await this.findInOrg(tx, orgId, id);
    if (!user) throw notFound('user', id);
    return user;
  }

  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<User | null> {
    const [user] = await tx.query<User[]>(`${PEOPLE} where m.org_id = $1 and m.user_id = $2`, [orgId, id]);
    return user ?? null;
  }

  /** A person by what identifies them in a mail, in the organisation that a sign-in goes to. */
  async findById(tx: EntityManager, id: number): Promise<User | null> {
    const [user] = await tx.query<User[]>(`${PEOPLE} where m.user_id = $1 and ${byPreference('null')}`, [id]);
    return user ?? null;
  }

  /**
   * The same by the address they sign in with; in the organisation that is asked for, where they are in it. PostgreSQL
   * folds case by its locale, in which `İ` may be an i: who is counted as another by the throttles is not found.
   */
  async findByEmail(tx: EntityManager, email: string, orgId: number | null = null): Promise<User | null> {
    const [user] = await tx.query<User[]>(
      `${PEOPLE} where lower(u.email) = lower($1) and ${byPreference('$2')}`,
      [email, orgId],
    );
    return user?.email.toLowerCase() === email.toLowerCase() ? user : null;
  }

  /** Lowest id first, from after `afterId`; one more than `limit`, so that a page knows of the next. */
  async list(
    tx: EntityManager,
    orgId: number,
    { limit, afterId }: { limit: number; afterId?: number },
  ): Promise<User[]> {
    return tx.query<User[]>(
      `${PEOPLE} where m.org_id = $1 and m.user_id > $2::bigint order by m.user_id limit $3`,
      [orgId, afterId ?? 0, limit + 1],
    );
  }

  /** The name of an organisation, which nobody may take for a password. */
  async companyOf(tx: EntityManager, orgId: number): Promise<string> {
    const [org] = await tx.query<{ name: string }[]>('select name from orgs where id = $1', [orgId]);
    if (!org) throw notFound('organisation', orgId);
    return org.name;
  }

  /** By which its people have their days. */
  async timeZoneOf(tx: EntityManager, orgId: number): Promise<string> {
    const [settings] = await tx.query<{ timeZone: string }[]>(
      'select time_zone as "timeZone" from org_settings where org_id = $1',
      [orgId],
    );
    return settings?.timeZone ?? 'UTC';
  }

  /** There is always one: an organisation never loses its last. */
  async firstActiveAdmin(tx: EntityManager, orgId: number): Promise<User> {
    const [admin] = await tx.query<User[]>(`${PEOPLE} where ${ACTIVE_ADMINS} order by u.id limit 1`, [orgId]);
    if (!admin) throw notFound('admin of organisation', orgId);
    return admin;
  }

  async countActiveAdmins(tx: EntityManager, orgId: number): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      `select count(*)::int as count from memberships m join users u on u.id = m.user_id where ${ACTIVE_ADMINS}`,
      [orgId],
    );
    return row!.count;
  }

  /** Holds back others that change who is in the organisation, or runs it, until the transaction ends. */
  async lockOrg(tx: EntityManager, orgId: number): Promise<void> {
    await tx.query('select from orgs where id = $1 for no key update', [orgId]);
  }

  /** The same for who runs it. Throws where they do no more: they may have lost that since their request came. */
  async lockOrgFor(
    tx: EntityManager,
    { orgId, userId }: Pick<AuthenticatedUser, 'orgId' | 'userId'>,
  ): Promise<void> {
    await this.lockOrg(tx, orgId);
    const user = await this.findInOrg(tx, orgId, userId);
    if (!user?.isActive || !user.roles.includes('admin')) throw notAllowed(ADMINS);
  }

  /**
   * Locks the person until the transaction ends, in all their organisations: whoever begins, carries on, moves or ends
   * a sign-in, or has them join, holds this lock.
   */
  async lock(tx: EntityManager, id: number): Promise<void> {
    await tx.query('select from users where id = $1 for no key update', [id]);
  }

  /** The person as they are in an organisation, locked. Throws `not_found` where they are not in it. */
  async getLocked(tx: EntityManager, orgId: number, id: number): Promise<User> {
    await this.lock(tx, id);
    return this.getInOrg(tx, orgId, id);
  }
}

/** An address stands for one person of the whole installation. */
function emailTaken(email: string): DomainError {
  const detail = `Someone signs in as ${email} already. An admin has them join by POST /users/invite.`;
  return new DomainError('conflict', 'email_taken', detail);
}
