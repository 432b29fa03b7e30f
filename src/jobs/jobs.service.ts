import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Job, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { type QueueName, type QueuePayloads, QUEUE_NAMES, QUEUES } from './queues.js';

const POLLING_SECONDS = 1;
const DRAIN_MS = 10_000;
/** A worker that is silent for this long is taken for dead, and its jobs are given to others. */
const HEARTBEAT_SECONDS = 20;
const SUPERVISE_SECONDS = 10;

/**
 * Durable jobs in PostgreSQL. Promise: a job enqueued in a transaction exists exactly when the transaction commits, and
 * is run at least once by some worker, and the jobs of one organisation never take all places of a queue, however many
 * they are. Whoever handles a job must be safe to run twice; nothing here makes a remote call happen once.
 */
@Injectable()
export class JobsService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(JobsService.name);
  private readonly boss: PgBoss;
  /** What was begun and is not over, of queues that hand their jobs on. */
  private readonly handedOn = new Map<QueueName, Set<Promise<void>>>();

  constructor(
    private readonly config: Config,
    databaseUrl: string,
  ) {
    this.boss = new PgBoss({
      connectionString: databaseUrl,
      application_name: 'peakpro-crm jobs',
      max: Math.max(2, Math.floor(config.database.poolMax / 2)),
      schedule: false,
      supervise: config.role !== 'api',
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      useListenNotify: config.role !== 'api',
      migrate: true,
      createSchema: true,
    });
    this.boss.on('error', (error) => this.logger.error(error));
  }

  async onModuleInit(): Promise<void> {
    await this.boss.start();
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
        retentionSeconds: 30 * 86_400,
        deleteAfterSeconds: 7 * 86_400,
      };
      await this.boss.createQueue(name, { ...options, policy: 'short' });
      await this.boss.updateQueue(name, options);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.endHandedOn();
    await this.boss.stop({ graceful: true, timeout: DRAIN_MS, close: true });
  }

  /** What was handed on may still queue jobs, so it ends before the queues do. */
  private async endHandedOn(): Promise<void> {
    for (const name of this.handedOn.keys()) await this.boss.offWork(name);
    const running = [...this.handedOn.values()].flatMap((begun) => [...begun]);
    await Promise.race([pause(DRAIN_MS, undefined, { ref: false }), Promise.all(running)]);
  }

  /**
   * Puts a job on its queue as part of the caller's transaction. A job with the same key that is still waiting
   * already stands for this one. `startAfter` holds it back until an instant.
   */
  async enqueue<Name extends QueueName>(
    tx: EntityManager,
    name: Name,
    payload: QueuePayloads[Name],
    startAfter?: Date,
  ): Promise<void> {
    await this.boss.send(name, payload, {
      singletonKey: QUEUES[name].key(payload),
      startAfter,
      group: groupOf(payload),
      db: { executeSql: async (text, values) => ({ rows: await tx.query<unknown[]>(text, values) }) },
    });
  }

  /** Runs the jobs of a queue in this process, unless it only serves HTTP. A handler that throws is retried by the queue's rule. */
  async work<Name extends QueueName>(
    name: Name,
    handle: (payload: QueuePayloads[Name]) => Promise<void>,
  ): Promise<void> {
    if (this.config.role === 'api') return;
    const { concurrency, handsOn } = QUEUES[name];
    if (handsOn) return this.lookFor(name, (job) => this.handOn(name, job, concurrency, handle));
    for (let place = 0; place < concurrency; place += 1) {
      await this.lookFor(name, (job) => this.run(name, job, handle));
    }
  }

  /**
   * One place at a queue. Whoever did a job looks for the next at once, so a queue is worked off without a pause; only
   * one that was found empty, or whose job failed, is looked at again a second later.
   */
  private async lookFor<Name extends QueueName>(
    name: Name,
    take: (job: Job<QueuePayloads[Name]>) => Promise<void>,
  ): Promise<void> {
    const options = {
      groupConcurrency: ofOneOrgMax(QUEUES[name].concurrency),
      pollingIntervalSeconds: POLLING_SECONDS,
      notifyPollingIntervalSeconds: POLLING_SECONDS,
    };
    const place = await this.boss.work<QueuePayloads[Name]>(name, options, async (jobs) => {
      for (const job of jobs) await take(job);
      this.boss.notifyWorker(place);
    });
  }

  /** Begins a job as soon as there is room for it; what becomes of it is told by its rows alone. */
  private async handOn<Name extends QueueName>(
    name: Name,
    job: Job<QueuePayloads[Name]>,
    places: number,
    handle: (payload: QueuePayloads[Name]) => Promise<void>,
  ): Promise<void> {
    const begun = this.handedOn.get(name) ?? new Set();
    this.handedOn.set(name, begun);
    while (begun.size >= places) await Promise.race(begun);
    const running = this.run(name, job, handle)
      .catch(() => {}) // it is logged
      .finally(() => begun.delete(running));
    begun.add(running);
  }

  private async run<Name extends QueueName>(
    name: Name,
    { id, data }: Job<QueuePayloads[Name]>,
    handle: (payload: QueuePayloads[Name]) => Promise<void>,
  ): Promise<void> {
    await handle(data).catch((error: unknown) => {
      this.logger.error({ err: error, queue: name, jobId: id, job: data }, `Job of ${name} failed`);
      throw error;
    });
  }
}

/** Whose job it is, where that is said. */
function groupOf(payload: QueuePayloads[QueueName]): { id: string } | undefined {
  return 'orgId' in payload ? { id: String(payload.orgId) } : undefined;
}

/** How many jobs of one organisation run at once, over all processes: a place is left to the others, however many there are. */
function ofOneOrgMax(places: number): number {
  return Math.max(1, places - 1);
}
