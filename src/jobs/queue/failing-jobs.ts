import type { EntityManager } from 'typeorm';
import { type Backoff, pauseMs } from '../backoff.js';
import type { QueueName } from './queue-payloads.js';

/** What the queue says of a job whose worker died: no fault of the job. */
const LOST = 'job heartbeat timeout';
/** What fails for a moment is over after so many runs. */
const FREE_FAILURES = 3;
/** Shorter than finished jobs are kept, by which failures are counted. */
const REST: Backoff = { firstMs: 30_000, maxMs: 480_000, jitter: 0 };

/** How long a row is left alone after its job failed so many times in a row. Pure. */
export function restMs(failed: number): number {
  return failed < FREE_FAILURES ? 0 : pauseMs(REST, failed - FREE_FAILURES + 1, 0);
}

/**
 * Those of these keys whose job has failed again and again, as far as finished jobs are known, and would hardly do
 * better now: the fault is here, and each run may read from a vendor who meters it. What a queue itself tries again by
 * its own rule is left to it once that has failed as often. A job that was lost with its worker has not failed.
 */
export async function restingKeys(
  tx: EntityManager,
  name: QueueName,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ key: string; failed: number; sinceMs: number; isRetried: boolean }[]>(
    `with jobs as (
       select split_part(singleton_key, '@', 1) as key, state, retry_count, coalesce(completed_on, created_on) as at
         from pgboss.job
        where name = $1 and split_part(singleton_key, '@', 1) = any($2) and state in ('retry', 'completed', 'failed')
          and output #>> '{value,message}' is distinct from $4)
     select key, (count(*) filter (where state = 'failed'))::int as failed,
            (extract(epoch from clock_timestamp() - max(at) filter (where state = 'failed')) * 1000)::float8
              as "sinceMs",
            bool_or(state = 'retry' and retry_count >= $3) as "isRetried"
       from jobs j
      where state <> 'completed'
        and not exists (select from jobs c where c.key = j.key and c.state = 'completed' and c.at >= j.at)
      group by key`,
    [name, keys, FREE_FAILURES, LOST],
  );
  return new Set(
    rows
      .filter(({ failed, sinceMs, isRetried }) => isRetried || (failed > 0 && sinceMs < restMs(failed)))
      .map(({ key }) => key),
  );
}
