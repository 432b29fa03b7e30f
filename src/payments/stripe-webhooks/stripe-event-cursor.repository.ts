import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { after } from '../../platform/time/after.js';

/** The stripe_event_cursor table: up to when Stripe's own list of events was read. */
@Injectable()
export class StripeEventCursorRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes the turn to ask, for one process at a time and once in `everyMs`. Answers from when on events are to be
   * listed; null where another was faster, by a clock that is not ahead of this one. The first time: from the oldest
   * checkout page on, else from `now` on.
   */
  async claim(now: Date, everyMs: number): Promise<Date | null> {
    await throughDoor('scheduler', () =>
      this.dataSource.query(
        `insert into stripe_event_cursor (fetched_until, checked_at)
       select coalesce(min(created_at), $1), '-infinity' from checkout_sessions
       on conflict (id) do nothing`,
        [now],
      ),
    );
    const [rows] = await this.dataSource.query<[{ since: Date }[], number]>(
      `update stripe_event_cursor set checked_at = $1 where checked_at <= $2 or checked_at > $1
        returning fetched_until as since`,
      [now, after(now, -everyMs)],
    );
    return rows[0]?.since ?? null;
  }

  async advance(until: Date): Promise<void> {
    await this.dataSource.query(
      'update stripe_event_cursor set fetched_until = greatest(fetched_until, $1::timestamptz)',
      [until],
    );
  }
}
