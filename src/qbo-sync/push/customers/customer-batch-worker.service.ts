import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { JobsService } from '../../../jobs/jobs.service.js';
import { Clock } from '../../../platform/time/clock.js';
import { CustomerBatchesRepository, type HeldBatch } from './customer-batches.repository.js';
import { type CustomerOutcomes, CustomerBatchSyncService } from './customer-batch-sync.service.js';
import { CustomerSyncService } from './customer-sync.service.js';

const CUSTOMERS_PER_CALL_MAX = 30;
const RUN_MS = 60_000;
const LEASE_MS = 30_000;
const HEARTBEAT_MS = 8_000;
const BATCHES_PER_ROUND_MAX = 100;

/**
 * Carries batches of customers into the books. Promise: a batch ends with a result for each customer that was asked for;
 * one worker at a time carries it, for a minute at most, then it goes on where it was; what is over is not done again,
 * whoever dies on the way.
 */
@Injectable()
export class CustomerBatchWorkerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(CustomerBatchWorkerService.name);
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly batches: CustomerBatchesRepository,
    private readonly round: CustomerBatchSyncService,
    private readonly customers: CustomerSyncService,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.customers.batch', ({ orgId, batchId }) => this.carry(orgId, batchId));
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  @Cron(CronExpression.EVERY_5_SECONDS, {
    name: 'customer-batch-janitor',
    timeZone: 'UTC',
    waitForCompletion: true,
  })
  async tick(): Promise<void> {
    await this.wakeDue().catch((error: unknown) => this.logger.error(error));
  }

  /** Has every batch carried on that is due and in nobody's hands. Answers how many there were. */
  async wakeDue(): Promise<number> {
    const due = await this.batches.listDue(BATCHES_PER_ROUND_MAX);
    await this.dataSource.transaction(async (tx) => {
      for (const { id, orgId } of due)
        await this.jobs.enqueue(tx, 'qbo.customers.batch', { orgId, batchId: id });
    });
    return due.length;
  }

  /** Carries a batch as far as it gets. */
  async carry(orgId: number, batchId: string): Promise<void> {
    const held = await this.batches.claim(orgId, batchId, LEASE_MS);
    if (!held) return;
    const heartbeat = setInterval(() => {
      void this.batches.renew(held, LEASE_MS).catch((error: unknown) => this.logger.warn(error));
    }, HEARTBEAT_MS);
    try {
      const pauseUntil = await this.work(held);
      await this.letGo(held, pauseUntil);
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async work(held: HeldBatch): Promise<Date | null> {
    const deadline = performance.now() + RUN_MS;
    return this.round.run(held.orgId, await this.batches.listDueItems(held), {
      together: CUSTOMERS_PER_CALL_MAX,
      report: (outcomes) => this.note(held, outcomes),
      stop: () => this.stopping || performance.now() > deadline,
    });
  }

  /** Writes down what came of some customers, and counts each that is over, once. */
  private async note(held: HeldBatch, outcomes: CustomerOutcomes): Promise<void> {
    const all = [...outcomes].map(([customerId, outcome]) => ({ customerId, ...outcome }));
    const over = all.filter((one) => one.over);
    const closed = await this.dataSource.transaction(async (tx) => {
      await this.batches.postponeItems(
        tx,
        held,
        all.filter((one) => !one.over),
      );
      return new Set(await this.batches.closeItems(tx, held, over));
    });
    for (const { customerId, result } of over) {
      if (closed.has(customerId) && result !== 'not_found') this.customers.count(held.orgId, result);
    }
  }

  private async letGo(held: HeldBatch, pauseUntil: Date | null): Promise<void> {
    const next = await this.dataSource.transaction(async (tx) => {
      const nextRunAt = await this.batches.release(tx, held, pauseUntil);
      if (nextRunAt && nextRunAt <= this.clock.now()) {
        await this.jobs.enqueue(tx, 'qbo.customers.batch', { orgId: held.orgId, batchId: held.id });
      }
      return nextRunAt;
    });
    this.logger.log(
      { orgId: held.orgId, batchId: held.id, nextRunAt: next },
      next ? 'Customer batch goes on later' : 'Customer batch finished',
    );
  }
}
