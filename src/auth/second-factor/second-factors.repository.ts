import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** The second factor of a person, as it is stored. */
export interface SecondFactor {
  userId: number;
  /** Where it was set up, which its secret is encrypted for. */
  orgId: number;
  secretEncrypted: string;
  /** Since when it is asked for; null while it is set up. */
  confirmedAt: Date | null;
  /** The step of the last code that was used: no code of it, or from before, is good again. */
  lastStep: number | null;
  /** Recovery codes that are not used yet. */
  codesLeft: number;
}

/** The tables second_factors and recovery_codes, which belong to people. */
@Injectable()
export class SecondFactorsRepository {
  async find(tx: EntityManager, userId: number): Promise<SecondFactor | null> {
    const [row] = await tx.query<SecondFactor[]>(
      `select user_id as "userId", org_id as "orgId", secret_encrypted as "secretEncrypted",
              confirmed_at as "confirmedAt", last_step as "lastStep",
              (select count(*)::int from recovery_codes c where c.user_id = f.user_id and c.used_at is null)
                as "codesLeft"
         from second_factors f where user_id = $1`,
      [userId],
    );
    return row ?? null;
  }

  /** True where this person is asked for a second factor. */
  async isOn(tx: EntityManager, userId: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from second_factors where user_id = $1 and confirmed_at is not null',
      [userId],
    );
    return rows.length > 0;
  }

  /** Keeps the secret that is being set up, in place of one before. Answers false where a factor is on. */
  async keepPending(
    tx: EntityManager,
    { userId, orgId, secretEncrypted }: Pick<SecondFactor, 'userId' | 'orgId' | 'secretEncrypted'>,
    at: Date,
  ): Promise<boolean> {
    const kept = await tx.query<unknown[]>(
      `insert into second_factors as f (user_id, org_id, secret_encrypted, created_at) values ($1, $2, $3, $4)
       on conflict (user_id) do update set org_id = excluded.org_id,
         secret_encrypted = excluded.secret_encrypted, created_at = excluded.created_at
         where f.confirmed_at is null
       returning user_id`,
      [userId, orgId, secretEncrypted, at],
    );
    return kept.length === 1;
  }

  /** Has the factor asked for from here on, and keeps the hashes of its recovery codes. */
  async turnOn(
    tx: EntityManager,
    userId: number,
    { step, codeHashes }: { step: number; codeHashes: readonly Buffer[] },
    at: Date,
  ): Promise<void> {
    await tx.query('update second_factors set confirmed_at = $3, last_step = $2 where user_id = $1', [
      userId,
      step,
      at,
    ]);
    await tx.query('insert into recovery_codes (user_id, code_hash) select $1, unnest($2::bytea[])', [
      userId,
      codeHashes,
    ]);
  }

  /**
   * Uses the codes up to this step up, and keeps the secret as it is encrypted now. Answers false where one of this
   * step or later was used meanwhile: of two that come at once with the same code, one.
   */
  async takeStep(
    tx: EntityManager,
    userId: number,
    { step, secretEncrypted }: { step: number; secretEncrypted: string },
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update second_factors set last_step = $2, secret_encrypted = $3
        where user_id = $1 and confirmed_at is not null and last_step < $2`,
      [userId, step, secretEncrypted],
    );
    return count === 1;
  }

  /** Uses a recovery code up. Answers false where it is none of this person's, or was used. */
  async takeRecoveryCode(tx: EntityManager, userId: number, codeHash: Buffer, at: Date): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null`,
      [userId, codeHash, at],
    );
    return count === 1;
  }

  /** True of a recovery code of this person that was used after this instant. */
  async hasUsedRecoveryCode(
    tx: EntityManager,
    userId: number,
    codeHash: Buffer,
    after: Date,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'select from recovery_codes where user_id = $1 and code_hash = $2 and used_at > $3',
      [userId, codeHash, after],
    );
    return rows.length > 0;
  }

  /** Forgets the factor with its recovery codes, on or not. Answers true where it was on. */
  async remove(tx: EntityManager, userId: number): Promise<boolean> {
    const [removed] = await tx.query<[{ confirmedAt: Date | null }[], number]>(
      'delete from second_factors where user_id = $1 returning confirmed_at as "confirmedAt"',
      [userId],
    );
    return removed.some(({ confirmedAt }) => confirmedAt !== null);
  }
}
