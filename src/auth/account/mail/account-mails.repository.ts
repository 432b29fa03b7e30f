import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isFree, type Lease, type LeaseTable } from '../../../jobs/leases/lease.js';

/** Who changed an account: the person, the person by a mailed link, an admin, or the operator with a tool. */
export type PasswordChanger = 'self' | 'reset' | 'admin' | 'operator';

/** What a person hears of the second factor. */
export type FactorNotice = 'second_factor_on' | 'second_factor_off' | 'recovery_code_used';

/**
 * A message about an account. A reset names an address that may be nobody's, an invitation one of somebody who is no
 * person here yet, with the id of the invitation; the others name a person.
 */
export interface AccountMail {
  id: string;
  kind: 'password_reset' | 'password_changed' | 'invitation' | FactorNotice;
  email: string | null;
  userId: number | null;
  /** Into which organisation an invitation invites. */
  orgId: number | null;
  changedBy: PasswordChanger | null;
  attempts: number;
  /** Why the attempt before failed. */
  problem: string | null;
  createdAt: Date;
}

export const ACCOUNT_MAIL_LEASE: LeaseTable = {
  table: 'account_mails',
  key: ['id'],
  token: 'lease_token',
  until: 'lease_until',
  takeable: `state = 'queued' and next_attempt_at <= :now`,
  onTake: 'attempts = attempts + 1',
  returning:
    'id, kind, email, user_id as "userId", org_id as "orgId", changed_by as "changedBy", attempts, ' +
    'problem, created_at as "createdAt"',
};

/** The account_mails table: what is to be mailed to people about their account, and what became of it. */
@Injectable()
export class AccountMailsRepository {
  /** Writes down that an address asked for a link to a new password, whether it is anybody's or not. */
  async insertReset(tx: EntityManager, email: string, at: Date): Promise<string> {
    const id = randomUUID();
    await tx.query(
      `insert into account_mails (id, kind, email, next_attempt_at, created_at)
       values ($1, 'password_reset', $2, $3, $3)`,
      [id, email, at],
    );
    return id;
  }

  /** Writes down that a person is to hear of the new password. */
  async insertChange(tx: EntityManager, userId: number, by: PasswordChanger, at: Date): Promise<void> {
    await tx.query(
      `insert into account_mails (id, kind, user_id, changed_by, next_attempt_at, created_at)
       values ($1, 'password_changed', $2, $3, $4, $4)`,
      [randomUUID(), userId, by, at],
    );
  }

  /** Whether the person changed the own password between these instants, both included. */
  async hasOwnChange(tx: EntityManager, userId: number, from: Date, to: Date): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from account_mails
        where user_id = $1 and kind = 'password_changed' and changed_by = 'self' and created_at between $2 and $3`,
      [userId, from, to],
    );
    return rows.length > 0;
  }

  /** Writes down that a person is to hear what became of the second factor. */
  async insertFactorNotice(
    tx: EntityManager,
    kind: FactorNotice,
    { userId, by }: { userId: number; by: Exclude<PasswordChanger, 'reset'> },
    at: Date,
  ): Promise<void> {
    await tx.query(
      `insert into account_mails (id, kind, user_id, changed_by, next_attempt_at, created_at)
       values ($1, $2, $3, $4, $5, $5)`,
      [randomUUID(), kind, userId, by, at],
    );
  }

  /**
   * How many mails about changes to this person's account, and how many about those that admins made to people of an
   * organisation, were written down since then.
   */
  async countNotices(
    tx: EntityManager,
    { orgId, userId }: { orgId: number; userId: number },
    since: Date,
  ): Promise<{ ofPerson: number; ofOrganisation: number }> {
    const [row] = await tx.query<{ ofPerson: number; ofOrganisation: number }[]>(
      `select count(*) filter (where mail.user_id = $2)::int as "ofPerson",
              count(*) filter (where mail.changed_by = 'admin')::int as "ofOrganisation"
         from account_mails mail join memberships m on m.user_id = mail.user_id
        where m.org_id = $1 and mail.created_at > $3 and mail.changed_by is not null`,
      [orgId, userId, since],
    );
    return row!;
  }

  /** Writes down that somebody is to be invited. */
  async insertInvitation(
    tx: EntityManager,
    { id, orgId, email }: { id: string; orgId: number; email: string },
    at: Date,
  ): Promise<void> {
    await tx.query(
      `insert into account_mails (id, kind, org_id, email, next_attempt_at, created_at)
       values ($1, 'invitation', $2, $3, $4, $4)`,
      [id, orgId, email, at],
    );
  }

  /** Notes the end of a mail and forgets its address. Does nothing where another worker has it by now. */
  async finish(
    tx: EntityManager,
    { key, token }: Lease,
    state: 'sent' | 'ignored' | 'failed',
    problem: string | null = null,
  ): Promise<void> {
    await tx.query(
      `update account_mails set state = $3, problem = $4, email = null, lease_until = null
        where id = $1 and lease_token = $2 and state = 'queued'`,
      [...key, token, state, problem],
    );
  }

  /** Notes a failure after which it is tried again. Answers false where another worker has it by now. */
  async postpone(tx: EntityManager, { key, token }: Lease, problem: string, next: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update account_mails set problem = $3, next_attempt_at = $4, lease_until = null
        where id = $1 and lease_token = $2 and state = 'queued'`,
      [...key, token, problem, next],
    );
    return count === 1;
  }

  async listDue(tx: EntityManager, now: Date, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `select id from account_mails
        where state = 'queued' and next_attempt_at <= $1 and ${isFree(ACCOUNT_MAIL_LEASE)}
        order by next_attempt_at limit $2`,
      [now, limit],
    );
    return rows.map(({ id }) => id);
  }
}
