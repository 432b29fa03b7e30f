import { setTimeout as pause } from 'node:timers/promises';
import type { Job, PgBoss } from 'pg-boss';
import type { QueueName, QueuePayloads } from './queue-payloads.js';

/** Due jobs are looked for so often. */
const LOOK_MS = 500;
/** A place that nobody wakes looks so often by itself: what no look found is found by then. */
const ALONE_SECONDS = 60;

/** At one queue: it runs one job at a time. */
interface Place {
  id: string;
  isBusy: boolean;
}

/**
 * The places at the queues of this process. One statement for all of them looks for due jobs, and wakes as many places
 * as it found jobs; else each place would ask for itself, dozens of times a second, also of queues that are empty.
 */
export class JobPlacesService {
  private readonly places = new Map<QueueName, Place[]>();
  private readonly stopping = new AbortController();
  private looking = Promise.resolve();

  constructor(
    private readonly boss: PgBoss,
    private readonly onError: (error: Error) => void,
  ) {}

  /**
   * Adds places at a queue. Whoever did a job looks for the next at once, so a queue is worked off without a pause;
   * one whose job failed waits for the next look.
   */
  async add<Name extends QueueName>(
    name: Name,
    { count, ofOneOrgMax }: { count: number; ofOneOrgMax: number },
    take: (job: Job<QueuePayloads[Name]>) => Promise<void>,
  ): Promise<void> {
    if (this.places.size === 0) this.looking = this.look();
    const options = {
      groupConcurrency: ofOneOrgMax,
      pollingIntervalSeconds: ALONE_SECONDS,
      notifyPollingIntervalSeconds: ALONE_SECONDS,
    };
    const places = this.places.get(name) ?? [];
    this.places.set(name, places);
    for (let added = 0; added < count; added += 1) {
      const place: Place = { id: '', isBusy: false };
      place.id = await this.boss.work<QueuePayloads[Name]>(name, options, async (jobs) => {
        place.isBusy = true;
        try {
          for (const job of jobs) await take(job);
        } finally {
          place.isBusy = false;
        }
        this.boss.notifyWorker(place.id);
      });
      places.push(place);
    }
  }

  /** Looks no more; what places do goes on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looking;
  }

  /** Wakes places at the queues that have due jobs: as many as there are jobs, of those that are free. */
  async wakeDue(): Promise<void> {
    const queues = [...this.places].map(([name, places]) => ({ name, places: places.length }));
    const { rows } = await this.boss.getDb().executeSql(
      `select q.name, d.count
         from jsonb_to_recordset($1) as q(name text, places int),
              lateral (select count(*)::int as count
                         from (select from pgboss.job j
                                where j.name = q.name and j.state < 'active' and not j.blocked
                                  and j.start_after <= pgboss.job_now()
                                limit q.places) as due) as d
        where d.count > 0`,
      [JSON.stringify(queues)],
    );
    for (const { name, count } of rows as { name: QueueName; count: number }[]) {
      const idle = (this.places.get(name) ?? []).filter(({ isBusy }) => !isBusy);
      for (const { id } of idle.slice(0, count)) this.boss.notifyWorker(id);
    }
  }

  private async look(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) await this.wakeDue().catch(this.onError);
    }
  }
}
