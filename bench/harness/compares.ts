import { eventually, inLanes } from './clock.ts';
import type { Contractor } from './contractors.ts';
import { ask } from './http.ts';
import type { Program } from './program.ts';
import type { Stage } from './stage.ts';

const DONE_WITHIN_MS = 240_000;
/** Looking more often would take time from what is measured. */
const LOOK_EVERY_MS = 200;

/** Full comparisons that have ended, all of them done, as their rows say. */
export interface Compares {
  invoices: number;
  changed: number;
  /** From the first request to the end of the last comparison. */
  askedMs: number;
  /** From the start of the first one to the end of the last. */
  runMs: number;
}

interface Row {
  open: number;
  failed: number;
  done: number;
  changed: number;
  startedAt: Date;
  finishedAt: Date;
}

/**
 * Makes what was done before look ten minutes old: after a comparison that took many calls a company rests for up to
 * a minute.
 */
async function rest({ database }: Stage): Promise<void> {
  await database.query(
    `update invoice_compares
        set created_at = created_at - interval '10 minutes', started_at = started_at - interval '10 minutes',
            finished_at = finished_at - interval '10 minutes'
      where finished_at is not null`,
  );
}

/**
 * Asks over HTTP for a full comparison for each of these and waits until all are done. Throws where one failed. Workers
 * that are `held` stand still until all is asked, so that what asking takes is no part of `runMs`.
 */
export async function compareAll(
  stage: Stage,
  contractors: readonly Contractor[],
  held: readonly Program[] = [],
): Promise<Compares> {
  const { api, database } = stage;
  await rest(stage);
  const askedAt = Date.now();
  for (const { pid } of held) process.kill(pid, 'SIGSTOP');
  const ids = await inLanes(8, contractors, async ({ token }) => {
    const url = `${api.url}/qbo/sync/invoice/compare`;
    return (await ask<{ compare_id: string }>('POST', url, { token })).compare_id;
  }).finally(() => {
    for (const { pid } of held) process.kill(pid, 'SIGCONT');
  });
  const ended = await eventually(
    async () => {
      const [row] = await database.query<Row>(
        `select count(*) filter (where status in ('queued', 'running'))::int as open,
                count(*) filter (where status = 'failed')::int as failed,
                sum(done)::int as done, sum(changed)::int as changed,
                min(started_at) as "startedAt", max(finished_at) as "finishedAt"
           from invoice_compares where id::text = any($1)`,
        [ids],
      );
      if (row!.open > 0) throw new Error(`${row!.open} comparisons have not ended`);
      return row!;
    },
    DONE_WITHIN_MS,
    LOOK_EVERY_MS,
  );
  if (ended.failed > 0) throw new Error(`${ended.failed} comparisons failed`);
  return {
    invoices: ended.done,
    changed: ended.changed,
    askedMs: ended.finishedAt.getTime() - askedAt,
    runMs: ended.finishedAt.getTime() - ended.startedAt.getTime(),
  };
}
