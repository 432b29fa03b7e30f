import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RefreshToken } from './refresh-token.entity.js';
import { BROWSER_IDLE_MS } from './session-life.js';
import { StoredSession } from './session.entity.js';

/** A refresh token with the organisation its session is in, and what ended it. */
export interface StoredTicket extends RefreshToken {
  orgId: number;
  endedAt: Date | null;
}

/** Sessions of a person that are live at this moment. Parameters: the person, now. */
const LIVE = `user_id = $1 and ended_at is null and expires_at > $2
  and (kind = 'program' or last_used_at > $2::timestamptz - interval '${BROWSER_IDLE_MS} milliseconds')`;

/** The tables sessions and refresh_tokens. Sessions are found by person, refresh tokens by their hash. */
@Injectable()
export class SessionsRepository {
  async insert(tx: EntityManager, session: Readonly<StoredSession>): Promise<void> {
    await tx.insert(StoredSession, tx.create(StoredSession, session));
  }

  async insertTicket(
    tx: EntityManager,
    ticket: Pick<RefreshToken, 'userId' | 'familyId' | 'tokenHash' | 'issuedAt' | 'expiresAt'>,
  ): Promise<void> {
    await tx.insert(RefreshToken, { ...ticket });
  }

  async findTicket(tx: EntityManager, tokenHash: Buffer): Promise<StoredTicket | null> {
    const ticket = await tx.findOneBy(RefreshToken, { tokenHash });
    if (!ticket) return null;
    const { orgId, endedAt } = await tx.findOneByOrFail(StoredSession, { id: ticket.familyId });
    return Object.assign(ticket, { orgId, endedAt });
  }

  async markTicketUsed(tx: EntityManager, ticket: RefreshToken, at: Date): Promise<void> {
    await tx.update(RefreshToken, { id: ticket.id }, { usedAt: at });
  }

  /** Forgets the refresh tokens of a session that were not exchanged: one that comes is refused, and ends nothing. */
  async withdrawTickets(tx: EntityManager, sessionId: string): Promise<void> {
    await tx.query('delete from refresh_tokens where family_id = $1 and used_at is null', [sessionId]);
  }

  /**
   * Moves a session of this kind to another organisation of its person. Answers until when it lasts; null where it is
   * over, or not this person's.
   */
  async move(
    tx: EntityManager,
    move: Pick<StoredSession, 'userId' | 'kind' | 'orgId'> & { sessionId: string },
    at: Date,
  ): Promise<Date | null> {
    const [moved] = await tx.query<[{ expiresAt: Date }[], number]>(
      `update sessions set org_id = $4, last_used_at = greatest(last_used_at, $2)
        where ${LIVE} and id = $3 and kind = $5
       returning expires_at as "expiresAt"`,
      [move.userId, at, move.sessionId, move.orgId, move.kind],
    );
    return moved[0]?.expiresAt ?? null;
  }

  /** Keeps when a session was used last; a later use that another process kept stands. */
  async keepUse(tx: EntityManager, id: string, at: Date): Promise<void> {
    await tx.query('update sessions set last_used_at = $2 where id = $1 and last_used_at < $2', [id, at]);
  }

  /** A session of this person, over or not. */
  async find(tx: EntityManager, userId: number, id: string): Promise<StoredSession | null> {
    return tx.findOneBy(StoredSession, { id, userId });
  }

  /** True of a session of this person that is not over. */
  async isLive(tx: EntityManager, userId: number, id: string, at: Date): Promise<boolean> {
    const rows = await tx.query<unknown[]>(`select from sessions where ${LIVE} and id = $3`, [
      userId,
      at,
      id,
    ]);
    return rows.length === 1;
  }

  /** Keeps that the person of a session proved who they are. Answers false where it is over, or not this person's. */
  async confirm(tx: EntityManager, userId: number, id: string, at: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update sessions set confirmed_at = $2 where ${LIVE} and id = $3`,
      [userId, at, id],
    );
    return count === 1;
  }

  /** The live sessions of a person, newest first, older than `before`. */
  async listLive(
    tx: EntityManager,
    userId: number,
    { now, limit, before }: { now: Date; limit: number; before?: { begunAt: Date; id: string } },
  ): Promise<StoredSession[]> {
    return tx.query<StoredSession[]>(
      `select id, user_id as "userId", org_id as "orgId", kind, begun_at as "begunAt", confirmed_at as "confirmedAt",
         last_used_at as "lastUsedAt",
         expires_at as "expiresAt", ended_at as "endedAt", ip, user_agent as "userAgent"
       from sessions where ${LIVE} and ($4::timestamptz is null or (begun_at, id) < ($4, $5::uuid))
       order by begun_at desc, id desc limit $3`,
      [userId, now, limit, before?.begunAt ?? null, before?.id ?? null],
    );
  }

  /** From where a person signed in lately, the newest first. */
  async recentIps(tx: EntityManager, userId: number): Promise<string[]> {
    const rows = await tx.query<{ ip: string }[]>(
      'select ip from sessions where user_id = $1 and ip is not null order by begun_at desc limit 50',
      [userId],
    );
    return rows.map(({ ip }) => ip);
  }

  /** Ends one session of a person with all its tickets. Answers false where it was over, or is not this person's. */
  async end(tx: EntityManager, userId: number, id: string, at: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update sessions set ended_at = $2 where ${LIVE} and id = $3`,
      [userId, at, id],
    );
    return count === 1;
  }

  /** Ends every session of a person but one; every one where it is null. */
  async endOthers(tx: EntityManager, userId: number, keptId: string | null, at: Date): Promise<void> {
    await tx.query(
      'update sessions set ended_at = $2 where user_id = $1 and ended_at is null and id is distinct from $3::uuid',
      [userId, at, keptId],
    );
  }

  /** Ends every session of a person. */
  async endAll(tx: EntityManager, userId: number, at: Date): Promise<void> {
    await tx.query('update sessions set ended_at = $2 where user_id = $1 and ended_at is null', [userId, at]);
  }

  /** Ends the sessions of a person that are in an organisation now; those elsewhere go on. */
  async endIn(tx: EntityManager, orgId: number, userId: number, at: Date): Promise<void> {
    await tx.query(
      'update sessions set ended_at = $3 where org_id = $1 and user_id = $2 and ended_at is null',
      [orgId, userId, at],
    );
  }

  /** Ends the sessions of a person that are in an organisation, and forgets where they and ended ones came from. */
  async forgetOrigins(tx: EntityManager, orgId: number, userId: number): Promise<void> {
    await tx.query(
      `update sessions set ip = null, user_agent = null, ended_at = coalesce(ended_at, now())
        where org_id = $1 and user_id = $2`,
      [orgId, userId],
    );
  }
}
