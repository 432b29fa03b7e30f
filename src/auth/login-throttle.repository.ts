import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What is counted, and the failures after which it is blocked. */
export interface ThrottleRule {
  key: string;
  failuresMax: number;
}

/** The login_throttles table, shared by every replica. Windows and blocks are as long as each other. */
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
         select key, failures_max from unnest($1::text[], $2::int[]) as rule (key, failures_max)
       ), counted as (
         insert into login_throttles as t (key, hits, window_ends_at)
         select key, 1, $3::timestamptz + make_interval(secs => $4) from failed
         on conflict (key) do update set
           hits = case when t.window_ends_at <= $3 then 1 else t.hits + 1 end,
           window_ends_at = case when t.window_ends_at <= $3 then excluded.window_ends_at else t.window_ends_at end,
           blocked_until = case
             when t.window_ends_at <= $3 then null
             when t.hits + 1 >= (select failures_max from failed where failed.key = t.key)
               then $3::timestamptz + make_interval(secs => $4)
             else t.blocked_until end
         returning key, hits
       )
       select key, hits from counted`,
      [rules.map((rule) => rule.key), rules.map((rule) => rule.failuresMax), now, windowSeconds],
    );
    return new Map(rows.map((row) => [row.key, row.hits]));
  }

  async clear(tx: EntityManager, key: string): Promise<void> {
    await tx.query('delete from login_throttles where key = $1', [key]);
  }
}
