import type { EntityManager } from 'typeorm';
import { type Cause, correlation } from '../../platform/correlation/correlation.js';
import type { QueueName } from './queue-payloads.js';

/** What caused the work under way causes the job, too. It is no part of what the job is about. */
export function withCause(payload: object): object {
  const cause = correlation()?.cause;
  return cause && Object.keys(cause).length > 0 ? { ...payload, cause } : payload;
}

/**
 * By key, what caused the newest job of each that is still known: waiting, running, or finished within the last
 * minutes. Nothing of a job without a cause.
 */
export async function newestCauses(
  tx: EntityManager,
  name: QueueName,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Cause>> {
  const rows = await tx.query<{ key: string; cause: Cause }[]>(
    `select distinct on (1) split_part(singleton_key, '@', 1) as key, data -> 'cause' as cause
       from pgboss.job
      where name = $1 and split_part(singleton_key, '@', 1) = any($2) and data -> 'cause' is not null
      order by 1, created_on desc`,
    [name, keys],
  );
  return new Map(rows.map(({ key, cause }) => [key, cause]));
}
