import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueRows } from '../../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../../jobs/jobs.service.js';
import { LeasesService } from '../../../../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../../../../jobs/queue/queue-payloads.js';
import { BATCH_LEASE, CustomerBatchesRepository, type HeldBatch } from './customer-batches.repository.js';
import { type CustomerOutcomes, CustomerBatchSyncService } from './customer-batch-sync.service.js';
import { CUSTOMER_BATCH_SIZE_MAX } from './customer-batch-size.js';
import { CustomerSyncService } from '../customer-sync.service.js';

const RUN_MS = 60_000;

/**
 * Works on batches of customers. Promise: a batch ends with a result for each customer that was asked for;
 * one worker at a time carries it, for a minute at most, then it goes on where it was; what is over is not done again,
 * whoever dies on the way.
 */
@Injectable()
export class CustomerBatchWorkerService implements OnModuleDestroy {
  private readonly logger = new Logger(CustomerBatchWorkerService.name);
  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly batches: CustomerBatchesRepository,
    private readonly batchSync: CustomerBatchSyncService,
    private readonly customers: CustomerSyncService,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
  ) {}

  @DueRows('customer_batches')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.batches.listDue(tx, limit);
    return due.map(({ id, orgId }) => ({ name: 'qbo.customers.batch', payload: { orgId, batchId: id } }));
  }

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Works on a batch for a minute at most. */
  @JobHandler('qbo.customers.batch')
  async run({ orgId, batchId }: QueuePayloads['qbo.customers.batch']): Promise<void> {
    const lease = await this.leases.take<HeldBatch>(BATCH_LEASE, [orgId, batchId]);
    if (!lease) return;
    await this.leases.keep(lease, async (lost) => this.finish(lease.row, await this.work(lease.row, lost)));
  }

  private async work(held: HeldBatch, lost: AbortSignal): Promise<Date | null> {
    const deadline = performance.now() + RUN_MS;
    return this.batchSync.run(held.orgId, await this.batches.listDueItems(held), {
      perCall: CUSTOMER_BATCH_SIZE_MAX,
      report: (outcomes) => this.note(held, outcomes),
      stop: () => this.stopping || lost.aborted || performance.now() > deadline,
    });
  }

  /** Writes down what came of some customers, and counts each that is over, once. */
  private async note(held: HeldBatch, outcomes: CustomerOutcomes): Promise<void> {
    const all = [...outcomes].map(([customerId, outcome]) => ({ customerId, ...outcome }));
    const over = all.filter((one) => one.final);
    const closed = await this.dataSource.transaction(async (tx) => {
      await this.batches.postponeItems(
        tx,
        held,
        all.filter((one) => !one.final),
      );
      return new Set(await this.batches.closeItems(tx, held, over));
    });
    for (const { customerId, result } of over) {
      if (closed.has(customerId) && result !== 'not_found') this.customers.count(held.orgId, result);
    }
  }

  private async finish(held: HeldBatch, pauseUntil: Date | null): Promise<void> {
    const next = await this.dataSource.transaction(async (tx) => {
      const nextRunAt = await this.batches.release(tx, held, pauseUntil);
      const job = { orgId: held.orgId, batchId: held.id };
      if (nextRunAt) await this.jobs.enqueue(tx, 'qbo.customers.batch', job, nextRunAt);
      return nextRunAt;
    });
    this.logger.log(
      { orgId: held.orgId, batchId: held.id, nextRunAt: next },
      next ? 'Customer batch goes on later' : 'Customer batch finished',
    );
  }
}
