import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';

/** Waits until this deed waits for a lock that another transaction has, or is over since nothing held it back. */
export async function untilBlocked(database: TestDatabase, deed: Promise<unknown>): Promise<void> {
  const blocked = eventually(async () => {
    const waits = await database.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waits.length === 0) throw new Error('nobody waits for a lock');
  });
  await Promise.race([deed, blocked]);
  blocked.catch(() => {}); // it may never come where the deed is over
}
