import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis, RedisOptions } from 'ioredis';
import { LogDamper } from '../logging/log-damper.js';

/** Longer than this no caller waits for Redis, whatever ails it. */
const COMMAND_MS = 50;
/** Failures in a row after which Redis is left alone, and for how long. */
const FAILURES_MAX = 3;
const REST_MS = 5_000;
const OPTIONS: RedisOptions = {
  commandTimeout: COMMAND_MS,
  connectTimeout: 2_000,
  // A command is for now or for nobody: none waits for a connection, none is sent again.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: (attempt) => Math.min(attempt * 200, REST_MS),
};

/**
 * The optional Redis of the installation (`REDIS_URL`). Promise: whatever it does, dead, slow, flapping or emptied,
 * costs a caller at most 50 ms now and then; nothing here throws. It keeps nothing that the database does not know.
 */
export class RedisClient implements OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private readonly damper = new LogDamper();
  private failures = 0;
  private restUntil = 0;

  private constructor(private readonly redis: Redis | null) {
    redis?.on('error', (error: Error) => this.warn(error));
  }

  /** Loads the driver only where there is a Redis: it takes 8 MB and a fortieth of a start. */
  static async open(redisUrl: string | undefined): Promise<RedisClient> {
    if (redisUrl === undefined) return new RedisClient(null);
    const { Redis: Driver } = await import('ioredis');
    return new RedisClient(new Driver(redisUrl, OPTIONS));
  }

  /** True where the installation has a Redis, whether it answers or not. */
  get isConfigured(): boolean {
    return this.redis !== null;
  }

  /** The answer of a command; undefined where there is no Redis, or none that answers in time. */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (this.redis === null || performance.now() < this.restUntil) return undefined;
    try {
      const answer = await command(this.redis);
      this.failures = 0;
      return answer;
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  private failed(error: unknown): void {
    this.failures += 1;
    if (this.failures >= FAILURES_MAX) {
      this.failures = 0;
      this.restUntil = performance.now() + REST_MS;
    }
    this.warn(error);
  }

  private warn(error: unknown): void {
    const withheld = this.damper.admit('redis');
    if (withheld !== null)
      this.logger.warn({ err: error, withheld }, 'Redis does not answer; going on without it');
  }
}
