import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** The account_tokens table: secrets that a mail brought to a person, each good for one use. Only hashes are kept. */
@Injectable()
export class AccountTokensRepository {
  /** Keeps a token; the same one kept again is good for longer, unless it was used or ended. */
  async keep(
    tx: EntityManager,
    token: { id: string; userId: number; tokenHash: Buffer; createdAt: Date; expiresAt: Date },
  ): Promise<void> {
    await tx.query(
      `insert into account_tokens (id, purpose, user_id, token_hash, created_at, expires_at)
       values ($1, 'password_reset', $2, $3, $4, $5)
       on conflict (id) do update set expires_at = excluded.expires_at
         where account_tokens.used_at is null and account_tokens.ended_at is null`,
      [token.id, token.userId, token.tokenHash, token.createdAt, token.expiresAt],
    );
  }

  /** Whose token this is, while it is good; null for every other. */
  async findPerson(tx: EntityManager, tokenHash: Buffer, now: Date): Promise<number | null> {
    const [row] = await tx.query<{ userId: number }[]>(
      `select user_id as "userId" from account_tokens
        where token_hash = $1 and used_at is null and ended_at is null and expires_at > $2`,
      [tokenHash, now],
    );
    return row?.userId ?? null;
  }

  /** Uses a token up. Answers false where it was used or ended meanwhile. */
  async use(tx: EntityManager, tokenHash: Buffer, now: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update account_tokens set used_at = $2
        where token_hash = $1 and used_at is null and ended_at is null and expires_at > $2`,
      [tokenHash, now],
    );
    return count === 1;
  }

  /** True of a token that was used since then. */
  async wasUsed(tx: EntityManager, tokenHash: Buffer, since: Date): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from account_tokens where token_hash = $1 and used_at >= $2',
      [tokenHash, since],
    );
    return rows.length > 0;
  }

  /** Makes every token of a person worthless. */
  async endAll(tx: EntityManager, userId: number, now: Date): Promise<void> {
    await tx.query(
      `update account_tokens set ended_at = $2 where user_id = $1 and used_at is null and ended_at is null`,
      [userId, now],
    );
  }
}
