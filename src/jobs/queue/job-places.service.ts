import { setTimeout as pause } from 'node:timers/promises';
import type { Job, PgBoss } from 'pg-boss';
import { prepared } from '../../platform/database/statements/prepared.js';
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

/** What this process does for one queue. */
interface QueuePlaces {
  /** Places that it may have. */
  readonly count: number;
  readonly places: Place[];
  /** Adds a place, which looks for a job at once. */
  readonly open: () => Promise<void>;
  /** The last look found as many due jobs as there are free places, so that there may be more. */
  isCrowded: boolean;
}

/** How many places a queue has, and how its jobs come. */
export interface PlacesOptions {
  count: number;
  /** Jobs of one organisation that run at once, over all processes. */
  ofOneOrgMax: number;
  /** A worker is told of a new job: somebody has to be there to hear it. */
  notify?: boolean;
}

/**
 * The places at the queues of this process. One statement for all of them looks for due jobs, and wakes as many places
 * as it found jobs; else each place would ask for itself, dozens of times a second, also of queues that are empty. A
 * place is opened when there is a first job for it: each looks once as it opens.
 */
export class JobPlacesService {
  private readonly byQueue = new Map<QueueName, QueuePlaces>();
  private readonly stopping = new AbortController();
  private looking = Promise.resolve();

  constructor(
    private readonly boss: PgBoss,
    private readonly onError: (error: Error) => void,
  ) {}

  /**
   * Adds places at a queue. While more jobs may be due than there are free places, whoever did a job looks for the next
   * at once, so a queue is worked off without a pause; one whose job failed waits for the next look.
   */
  async add<Name extends QueueName>(
    name: Name,
    { count, ofOneOrgMax, notify = false }: PlacesOptions,
    take: (job: Job<QueuePayloads[Name]>) => Promise<void>,
  ): Promise<void> {
    if (this.byQueue.size === 0) this.looking = this.look();
    const options = {
      groupConcurrency: ofOneOrgMax,
      pollingIntervalSeconds: ALONE_SECONDS,
      notifyPollingIntervalSeconds: ALONE_SECONDS,
    };
    const open = async (): Promise<void> => {
      const place: Place = { id: '', isBusy: false };
      mine.places.push(place);
      place.id = await this.boss.work<QueuePayloads[Name]>(name, options, async (jobs) => {
        place.isBusy = true;
        try {
          for (const job of jobs) await take(job);
        } finally {
          place.isBusy = false;
        }
        if (notify || mine.isCrowded) this.boss.notifyWorker(place.id);
      });
    };
    const mine: QueuePlaces = { count, places: [], open, isCrowded: false };
    this.byQueue.set(name, mine);
    if (notify) for (let opened = 0; opened < count; opened += 1) await open();
  }

  /** Looks no more; what places do goes on. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looking;
  }

  /** Wakes or opens places at the queues that have due jobs: as many as there are jobs, where so many are free. */
  async wakeDue(): Promise<void> {
    const queues = [...this.byQueue].map(([name, { count }]) => ({ name, places: count }));
    const { rows } = await this.boss.getDb().executeSql(
      prepared(`select q.name, d.count
         from jsonb_to_recordset($1) as q(name text, places int),
              lateral (select count(*)::int as count
                         from (select from pgboss.job j
                                where j.name = q.name and j.state < 'active' and not j.blocked
                                  and j.start_after <= pgboss.job_now()
                                limit q.places) as due) as d
        where d.count > 0`),
      [JSON.stringify(queues)],
    );
    const due = new Map(
      (rows as { name: QueueName; count: number }[]).map(({ name, count }) => [name, count]),
    );
    for (const [name, queue] of this.byQueue) await this.wake(queue, due.get(name) ?? 0);
  }

  private async wake(queue: QueuePlaces, jobs: number): Promise<void> {
    const { count, places, open } = queue;
    const free = places.filter(({ isBusy }) => !isBusy);
    const closed = count - places.length;
    queue.isCrowded = jobs > 0 && jobs >= free.length + closed;
    for (const { id } of free.slice(0, jobs)) this.boss.notifyWorker(id);
    for (let left = Math.min(closed, jobs - free.length); left > 0; left -= 1) await open();
  }

  private async look(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) await this.wakeDue().catch(this.onError);
    }
  }
}
