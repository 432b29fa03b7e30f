import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../../../platform/time/clock.js';
import { monthOf } from '../../../platform/time/month-forecast.js';
import { type UsageCount, UsageRepository } from './usage.repository.js';

const FLUSH_AFTER_MS = 1_000;

/**
 * Counts the calls to QuickBooks for the month's bill. Promise: counting never slows or fails a call; the counts of a
 * second go into the table together, so a process that is killed loses one second of them at most.
 *
 * One statement for each call would lose nothing, but all calls of an organisation would wait for one row.
 */
@Injectable()
export class UsageCounterService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(UsageCounterService.name);
  private counts = new Map<string, UsageCount>();
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> = Promise.resolve();
  private flushAfterMs = FLUSH_AFTER_MS;

  constructor(
    private readonly usage: UsageRepository,
    private readonly clock: Clock,
  ) {}

  /** Notes one request that was sent. */
  count(orgId: number, operation: string, metered: boolean): void {
    this.add({ month: monthOf(this.clock.now()), orgId, operation, calls: 1, metered: metered ? 1 : 0 });
    this.timer ??= setTimeout(() => void this.flush(), this.flushAfterMs).unref();
  }

  /** Writes down what was counted so far; after a failure it is kept and tried again with the next call. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.flushing = this.flushing.then(() => this.write());
    await this.flushing;
  }

  /** Jobs that are still at work while the process ends have theirs written at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.flushAfterMs = 0;
    await this.flush();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async write(): Promise<void> {
    const counts = this.counts;
    if (counts.size === 0) return;
    this.counts = new Map();
    try {
      await this.usage.add([...counts.values()]);
    } catch (error) {
      for (const count of counts.values()) this.add(count);
      this.logger.warn({ err: error }, 'The calls to QuickBooks could not be counted yet');
    }
  }

  private add(count: UsageCount): void {
    const key = `${count.month} ${count.orgId} ${count.operation}`;
    const known = this.counts.get(key);
    if (!known) {
      this.counts.set(key, count);
      return;
    }
    known.calls += count.calls;
    known.metered += count.metered;
  }
}
