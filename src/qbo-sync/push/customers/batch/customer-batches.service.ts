import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../../../auth/access/authenticated-user.js';
import { notFound } from '../../../../platform/errors/domain-error.js';
import { JobsService } from '../../../../jobs/jobs.service.js';
import type { BatchItem, BatchProgress } from './customer-batch.view.js';
import { CustomerBatchesRepository } from './customer-batches.repository.js';

/** Takes requests to sync many customers at once, and tells how far they have got. */
@Injectable()
export class CustomerBatchesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly batches: CustomerBatchesRepository,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
  ) {}

  /** Stores which customers to sync, each once, and has a worker begin. Whether they exist is found out then. */
  async request(
    { orgId, userId }: AuthenticatedUser,
    customerIds: readonly number[],
  ): Promise<BatchProgress> {
    const id = randomUUID();
    const distinct = [...new Set(customerIds)];
    await this.dataSource.transaction(async (tx) => {
      await this.batches.insert(tx, { id, orgId, createdBy: userId, customerIds: distinct });
      await this.jobs.enqueue(tx, 'qbo.customers.batch', { orgId, batchId: id });
      const deed = { action: 'customer.batch_requested', subject: `batch:${id}` } as const;
      await this.audit.record(tx, orgId, { ...deed, after: { customers: distinct.length } });
    });
    return { id, status: 'queued', total: distinct.length, done: 0 };
  }

  /** Throws not found for a batch that is not this organisation's. */
  async progress(orgId: number, id: string): Promise<BatchProgress> {
    const progress = await this.batches.findProgress(orgId, id);
    if (!progress) throw notFound('batch', id);
    return progress;
  }

  /** The same with what came of each customer that is over. */
  async get(orgId: number, id: string): Promise<{ progress: BatchProgress; items: BatchItem[] }> {
    const progress = await this.progress(orgId, id);
    return { progress, items: await this.batches.listDone(orgId, id) };
  }
}
