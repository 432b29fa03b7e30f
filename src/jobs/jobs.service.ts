import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { type Cause, correlated } from '../platform/correlation/correlation.js';
import { ScopedClient } from '../platform/database/scope/scoped.client.js';
import { LogDamper } from '../platform/logging/log-damper.js';
import { DAY_SECONDS } from '../platform/time/after.js';
import { SystemClockService } from '../platform/time/system-clock.service.js';
import { restingKeys } from './queue/failing-jobs.js';
import { insertJobs } from './queue/insert-jobs.js';
import { newestCauses } from './queue/job-causes.js';
import { JobPlacesService } from './queue/job-places.service.js';
import { type HandleJob, JobRunner } from './queue/job-runner.js';
import type { JobRef, QueueName, QueuePayloads } from './queue/queue-payloads.js';
import { QUEUE_NAMES, QUEUES } from './queue/queue-rules.js';

const DRAIN_MS = 10_000;
/** A worker that is silent for so long has died, and its jobs are given to others. The least that pg-boss allows. */
const HEARTBEAT_SECONDS = 10;
const SUPERVISE_SECONDS = 5;
/** A finished job says nothing that its row does not; a busy installation finishes millions a day. */
const FINISHED_KEPT_SECONDS = 600;
const FINISHED_DELETED_EVERY_SECONDS = 60;
/** What its pool hands on to the driver. Its sessions are its own: it listens on them. Its tables have no policies. */
const CONNECTION = { Client: ScopedClient, prepares: true };
/** What pg-boss adds to an error of one of its workers. */
const OF_A_PLACE = / \(Queue: [^)]*\)$/;

/**
 * Durable jobs in PostgreSQL. Promise: a job enqueued in a transaction exists exactly when the transaction commits, and
 * is run at least once by some worker, and the jobs of one organisation never take all places of a queue, however many
 * they are. Whoever handles a job must be safe to run twice; nothing here makes a remote call happen once.
 */
@Injectable()
export class JobsService implements OnModuleInit {
  private readonly logger = new Logger(JobsService.name);
  private readonly damper = new LogDamper();
  private readonly boss: PgBoss;
  private readonly places: JobPlacesService;
  private readonly runner = new JobRunner(this.logger);

  constructor(
    private readonly config: Config,
    databaseUrl: string,
    /** Real time, by which the queue itself goes, whatever clock a test gives the product. */
    private readonly clock = new SystemClockService(),
  ) {
    this.boss = new PgBoss({
      ...CONNECTION,
      connectionString: databaseUrl,
      application_name: 'peakpro-crm jobs',
      max: Math.max(2, Math.floor(config.database.poolMax / 2)),
      schedule: false,
      supervise: config.role !== 'api',
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      maintenanceIntervalSeconds: FINISHED_DELETED_EVERY_SECONDS,
      monitorVacuum: false, // it would warn, and nobody listens: metrics of tables say the same
      useListenNotify: config.role !== 'api',
      migrate: false, // its tables are not this role's: `migrate` brings them up to date
    });
    this.boss.on('error', (error) => this.logError(error));
    this.places = new JobPlacesService(this.boss, (error) => this.logError(error));
  }

  /** The look for jobs fails twice a second while the database is away: one line of a kind every ten seconds. */
  private logError(error: Error): void {
    const reason = error.message.replace(OF_A_PLACE, '');
    const withheld = this.damper.admit(reason);
    if (withheld !== null) this.logger.error({ err: error, withheld }, `The job queue fails: ${reason}`);
  }

  async onModuleInit(): Promise<void> {
    await this.boss.start();
    const there = new Map((await this.boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const name of QUEUE_NAMES) {
      const { retryLimit, retryDelaySeconds, retryDelayMaxSeconds, expireInSeconds, notify } = QUEUES[name];
      const options = {
        retryLimit,
        retryDelay: retryDelaySeconds,
        retryDelayMax: retryDelayMaxSeconds,
        retryBackoff: true,
        expireInSeconds,
        notify: notify ?? false,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        retentionSeconds: 30 * DAY_SECONDS,
        deleteAfterSeconds: FINISHED_KEPT_SECONDS,
      };
      const queue = there.get(name);
      if (!queue) await this.boss.createQueue(name, { ...options, policy: 'short' });
      else if (!isMatch(queue, options)) await this.boss.updateQueue(name, options);
    }
  }

  /** Begins no more jobs, and waits for those under way, ten seconds at the most. */
  async stop(): Promise<void> {
    await this.places.stop();
    // What was begun may still enqueue jobs, so it ends before the queues do.
    for (const name of this.runner.beginning) await this.boss.offWork(name);
    await this.runner.finish(DRAIN_MS);
    await this.boss.stop({ graceful: true, timeout: DRAIN_MS, close: true });
    this.runner.close();
  }

  /**
   * Puts a job on its queue as part of the caller's transaction. A job with the same key that is still waiting
   * already stands for this one, and does not begin before the transaction ends: so it sees what the caller wrote.
   * `startAfter` delays it until an instant; a delayed job stands for no other, so that whoever makes its row due
   * earlier has it run earlier. It may then find nothing to do.
   */
  async enqueue<Name extends QueueName>(
    tx: EntityManager,
    name: Name,
    payload: QueuePayloads[Name],
    startAfter?: Date,
  ): Promise<void> {
    return this.enqueueAll(tx, name, [payload], startAfter);
  }

  /** The same for many jobs of a queue, in one statement. Give those that others enqueue, too, in one order. */
  async enqueueAll<Name extends QueueName>(
    tx: EntityManager,
    name: Name,
    payloads: readonly QueuePayloads[Name][],
    startAfter?: Date,
  ): Promise<void> {
    await insertJobs(this.boss, tx, { name, payloads, startAfter, now: this.clock.now() });
  }

  /**
   * The same for jobs of several queues, each at its time: one statement for each queue and time. In one order, so that
   * two that enqueue the same wait for each other and do not lock each other out.
   */
  async enqueueEach(tx: EntityManager, jobs: readonly (JobRef & { startAfter?: Date })[]): Promise<void> {
    const now = this.clock.now().getTime();
    const inOrder = jobs
      .map((job) => ({ ...job, key: rowKeyOf(job), at: Math.max(job.startAfter?.getTime() ?? now, now) }))
      .toSorted((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)));
    const groups = Map.groupBy(inOrder, ({ name, at }) => `${at} ${name}`);
    for (const [, group] of [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      const { name, at } = group[0]!;
      const payloads = group.map(({ payload }) => payload as never);
      await this.enqueueAll(tx, name, payloads, new Date(at));
    }
  }

  /**
   * Enqueues the jobs of rows that are still due. What caused the job before causes this one, so that the log lines of
   * a payment name its event however often its job was lost. A row whose job fails each time is left alone for a while:
   * the longer, the more often it failed.
   */
  async enqueueAgain(tx: EntityManager, jobs: readonly JobRef[]): Promise<void> {
    const causes = new Map<QueueName, ReadonlyMap<string, Cause>>();
    const resting = new Map<QueueName, ReadonlySet<string>>();
    for (const [name, ofQueue] of Map.groupBy(jobs, (job) => job.name)) {
      const keys = ofQueue.map(rowKeyOf);
      causes.set(name, await newestCauses(tx, name, keys));
      resting.set(name, await restingKeys(tx, name, keys));
    }
    for (const job of jobs) {
      if (resting.get(job.name)?.has(rowKeyOf(job))) continue;
      const cause = causes.get(job.name)?.get(rowKeyOf(job)) ?? {};
      await correlated({ cause, actor: null, ip: null }, () => this.enqueue(tx, job.name, job.payload));
    }
  }

  /**
   * Runs the jobs of a queue in this process, unless it only serves HTTP. A handler that throws is retried by the
   * queue's rule.
   */
  async work<Name extends QueueName>(name: Name, handle: HandleJob<Name>): Promise<void> {
    if (this.config.role === 'api') return;
    const { concurrency, ackOnStart, notify } = QUEUES[name];
    const options = {
      count: ackOnStart ? 1 : concurrency,
      ofOneOrgMax: concurrencyOfOneOrg(concurrency),
      notify,
    };
    await this.places.add(name, options, (job) =>
      ackOnStart
        ? this.runner.begin(name, job, { places: concurrency, handle })
        : this.runner.run(name, job, handle),
    );
  }
}

/** Whether a queue has these settings already. */
function isMatch(queue: object, settings: Record<string, unknown>): boolean {
  const has = new Map<string, unknown>(Object.entries(queue));
  return Object.entries(settings).every(([name, value]) => has.get(name) === value);
}

/**
 * How many jobs of one organisation run at once, over all processes: a place is left to the others, however many
 * there are.
 */
function concurrencyOfOneOrg(places: number): number {
  return Math.max(1, places - 1);
}

function rowKeyOf({ name, payload }: JobRef): string {
  return QUEUES[name].key(payload as never);
}
