import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What is counted, the failures after which it is blocked, and for how long. */
export interface ThrottleRule {
  key: string;
  failuresMax: number;
  blockSeconds: number;
}

/** The login_throttles table, shared by every replica. */
@Injectable()
export class LoginThrottleRepository {
  /** Until when the longest block of these keys lasts, or null. */
  async blockedUntil(tx: EntityManager, keys: readonly string[], now: Date): Promise<Date | null> {
    const [row] = await tx.query<{ until: Date | null }[]>(
      'select max(blocked_until) as until from login_throttles where key = any($1) and blocked_until > $2',
      [keys, now],
    );
    return row?.until ?? null;
  }

  /** Counts a failure for each rule, and answers how many each has in its window. Failures at once count one by one. */
  async countFailure(
    tx: EntityManager,
    rules: readonly ThrottleRule[],
    now: Date,
    windowSeconds: number,
  ): Promise<Map<string, number>> {
    const rows = await tx.query<{ key: string; hits: number }[]>(
      `with failed as (
         select key, failures_max, block_seconds
           from unnest($1::text[], $2::int[], $5::int[]) as rule (key, failures_max, block_seconds)
       ), counted as (
         insert into login_throttles as t (key, hits, window_ends_at)
         select key, 1, $3::timestamptz + make_interval(secs => $4) from failed
         on conflict (key) do update set
           hits = case when t.window_ends_at <= $3 then 1 else t.hits + 1 end,
           window_ends_at = case when t.window_ends_at <= $3 then excluded.window_ends_at else t.window_ends_at end,
           blocked_until = case
             when t.window_ends_at <= $3 then null
             when t.hits + 1 >= (select failures_max from failed where failed.key = t.key)
               then $3::timestamptz + make_interval(secs => (select block_seconds from failed where failed.key = t.key))
             else t.blocked_until end
         returning key, hits
       )
       select key, hits from counted`,
      [
        rules.map((rule) => rule.key),
        rules.map((rule) => rule.failuresMax),
        now,
        windowSeconds,
        rules.map((rule) => rule.blockSeconds),
      ],
    );
    return new Map(rows.map((row) => [row.key, row.hits]));
  }

  /**
   * Takes the one attempt that a rule allows in each `blockSeconds` once its failures are used up. Answers until when
   * to wait where another took it; null where this one may go on.
   */
  async takeTurn(
    tx: EntityManager,
    { key, failuresMax, blockSeconds }: ThrottleRule,
    now: Date,
  ): Promise<Date | null> {
    const [taken] = await tx.query<[unknown[], number]>(
      `update login_throttles set blocked_until = $3::timestamptz + make_interval(secs => $4)
        where key = $1 and hits >= $2 and window_ends_at > $3 and (blocked_until is null or blocked_until <= $3)
        returning key`,
      [key, failuresMax, now, blockSeconds],
    );
    return taken.length > 0 ? null : this.blockedUntil(tx, [key], now);
  }

  async clear(tx: EntityManager, key: string): Promise<void> {
    await tx.query('delete from login_throttles where key = $1', [key]);
  }
}
