import { PgBoss } from 'pg-boss';
import type { DataSource } from 'typeorm';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import type { QueueName, QueuePayloads } from '../../../src/jobs/queue/queue-payloads.js';
import { QUEUES } from '../../../src/jobs/queue/queue-rules.js';
import type { Config } from '../../../src/platform/config/config.js';

type Handler = (payload: object) => Promise<void>;
/** Private parts of the service that the simulation has its own of, or calls. */
interface Insides {
  boss: PgBoss;
  runner: { run(name: QueueName, job: { id: string; data: object }, handle: Handler): Promise<void> };
}
/** As much of the driver as lends a connection. */
interface Lending {
  obtainMasterConnection(): Promise<
    [{ query(text: string, values?: unknown[]): Promise<never> }, () => void]
  >;
}

/**
 * The product's queue with its own statements, without its loops: the simulation decides when a process looks for a
 * job. It enqueues, runs and ends jobs as the product does.
 */
export class SimulatedJobsService extends JobsService {
  readonly #handlers = new Map<QueueName, Handler>();
  /** Jobs that this process runs now, by id. */
  readonly running = new Map<string, QueueName>();

  constructor(config: Config, databaseUrl: string, dataSource: () => DataSource) {
    super(config, databaseUrl);
    this.#insides.boss = new PgBoss({
      db: {
        executeSql: async (text: string, values?: unknown[]) => {
          const [client, release] = await (
            dataSource().driver as unknown as Lending
          ).obtainMasterConnection();
          return client.query(text, values).finally(release);
        },
      },
      schedule: false,
      supervise: false,
      migrate: false,
    });
  }

  override async onModuleInit(): Promise<void> {
    await this.#insides.boss.start();
  }

  override async stop(): Promise<void> {
    await this.#insides.boss.stop({ graceful: false, close: false });
  }

  override async work<Name extends QueueName>(
    name: Name,
    handle: (payload: QueuePayloads[Name]) => Promise<void>,
  ): Promise<void> {
    this.#handlers.set(name, handle as Handler);
  }

  get queue(): PgBoss {
    return this.#insides.boss;
  }

  /** Whether one more job of a queue finds a place in this process. */
  hasPlace(name: QueueName): boolean {
    const busy = [...this.running.values()].filter((other) => other === name).length;
    return this.#handlers.has(name) && busy < QUEUES[name].concurrency;
  }

  /** Takes a job of a queue, where there is one for it now, and does it; `onNone` where there is none. */
  async take(name: QueueName, onNone: () => void): Promise<void> {
    const [job] = await this.queue.fetch<object>(name, {
      batchSize: 1,
      groupConcurrency: Math.max(1, QUEUES[name].concurrency - 1),
    });
    if (!job) return onNone();
    this.running.set(job.id, name);
    const { ackOnStart } = QUEUES[name];
    try {
      if (ackOnStart) await this.queue.complete(name, job.id);
      await this.#insides.runner.run(name, job, this.#handlers.get(name)!);
      if (!ackOnStart) await this.queue.complete(name, job.id);
    } catch (error) {
      if (!ackOnStart) await this.queue.fail(name, job.id, { message: (error as Error).message });
    } finally {
      this.running.delete(job.id);
    }
  }

  get #insides(): Insides {
    return this as unknown as Insides;
  }
}
