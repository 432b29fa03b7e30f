import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import type { UserRole } from '../access/permissions.js';

/** An organisation that lets a person in, and what they may do there. */
export interface OwnOrg {
  id: number;
  name: string;
  /** Strongest first. */
  roles: UserRole[];
}

/** Those organisations, by name. Parameter: the person. */
export const OWN_ORGS = prepared(`
  select o.id, o.name,
     array(select r.name from user_roles ur join roles r on r.id = ur.role_id
            where ur.org_id = m.org_id and ur.user_id = m.user_id order by r.id) as roles
   from memberships m join orgs o on o.id = m.org_id
  where m.user_id = $1 and m.is_active order by lower(o.name), o.id`);

/**
 * The tables memberships and user_roles: in which organisations a person is, whether they are let in, and with which
 * roles. What is changed is of the one organisation that is named.
 */
@Injectable()
export class MembershipsRepository {
  /** The organisations that let a person in, by name. */
  async listOwn(tx: EntityManager, userId: number): Promise<OwnOrg[]> {
    return tx.query<OwnOrg[]>(OWN_ORGS, [userId]);
  }

  /** Has somebody who signs in elsewhere join; who was erased here before is known here again. */
  async add(tx: EntityManager, orgId: number, userId: number, at: Date): Promise<void> {
    await tx.query(
      `insert into memberships as m (org_id, user_id, is_active, created_at, updated_at) values ($1, $2, true, $3, $3)
       on conflict (org_id, user_id) do update
         set is_active = true, erased_at = null, created_at = $3, updated_at = $3 where m.erased_at is not null`,
      [orgId, userId, at],
    );
    await this.keepWhetherAny(tx, userId, at);
  }

  /** Lets a person in or out. Out, every token for this organisation from before is worth nothing for good. */
  async setActive(
    tx: EntityManager,
    { orgId, userId, isActive }: { orgId: number; userId: number; isActive: boolean },
    at: Date,
  ): Promise<void> {
    await tx.query(
      `update memberships
          set is_active = $3, token_epoch = token_epoch + case when $3 then 0 else 1 end, updated_at = $4
        where org_id = $1 and user_id = $2`,
      [orgId, userId, isActive, at],
    );
    await this.keepWhetherAny(tx, userId, at);
  }

  /** Gives a person exactly these roles. */
  async setRoles(
    tx: EntityManager,
    { orgId, userId, roles }: { orgId: number; userId: number; roles: readonly UserRole[] },
  ): Promise<void> {
    await tx.query('delete from user_roles where org_id = $1 and user_id = $2', [orgId, userId]);
    await tx.query(
      'insert into user_roles (org_id, user_id, role_id) select $1, $2, id from roles where name = any($3)',
      [orgId, userId, roles],
    );
  }

  /** Has the organisation know a person no more, whom it does not let in. */
  async erase(tx: EntityManager, orgId: number, userId: number, at: Date): Promise<void> {
    await tx.query(
      `update memberships set is_active = false, erased_at = coalesce(erased_at, $3), updated_at = $3
        where org_id = $1 and user_id = $2`,
      [orgId, userId, at],
    );
  }

  /** True where a person is in another organisation too, let in or not. */
  async isElsewhere(tx: EntityManager, orgId: number, userId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from memberships where user_id = $2 and org_id <> $1 and erased_at is null limit 1',
      [orgId, userId],
    );
    return rows.length > 0;
  }

  /** True while any organisation lets a person in. */
  async isLetInAnywhere(tx: EntityManager, userId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from memberships where user_id = $1 and is_active limit 1',
      [userId],
    );
    return rows.length > 0;
  }

  /** `users.is_active` says whether any organisation lets the person in; the version before reads nothing else. */
  private async keepWhetherAny(tx: EntityManager, userId: number, at: Date): Promise<void> {
    await tx.query(
      `update users u set updated_at = $2,
         is_active = exists (select from memberships m where m.user_id = u.id and m.is_active) where id = $1`,
      [userId, at],
    );
  }
}
