import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import type { OutboundOperation } from './operation.entity.js';
import { OperationsRepository } from './operations.repository.js';

const OPERATIONS_PER_ROUND_MAX = 200;

/** Wakes up what was left unfinished: a retry whose time has come, a worker that died on the way. */
@Injectable()
export class OperationSchedulerService {
  private readonly logger = new Logger(OperationSchedulerService.name);

  constructor(
    private readonly operations: OperationsRepository,
    private readonly jobs: JobsService,
    private readonly dataSource: DataSource,
  ) {}

  @Cron(CronExpression.EVERY_5_SECONDS, {
    name: 'operation-janitor',
    timeZone: 'UTC',
    waitForCompletion: true,
  })
  async tick(): Promise<void> {
    await this.wakeDue().catch((error: unknown) => this.logger.error(error));
  }

  /** Has every unfinished operation that is due carried on. Answers how many there were. */
  async wakeDue(): Promise<number> {
    const due = await this.operations.listDue(OPERATIONS_PER_ROUND_MAX);
    await this.dataSource.transaction(async (tx) => {
      for (const operation of due) await this.wake(tx, operation);
    });
    return due.length;
  }

  private async wake(
    tx: EntityManager,
    {
      orgId,
      kind,
      entityId,
      proposalId,
    }: Pick<OutboundOperation, 'orgId' | 'kind' | 'entityId' | 'proposalId'>,
  ): Promise<void> {
    switch (kind) {
      case 'customer.create':
      case 'customer.update':
        return this.jobs.enqueue(tx, 'qbo.customer.create', { orgId, customerId: entityId });
      case 'invoice.create':
        return this.jobs.enqueue(tx, 'qbo.invoice.create', { orgId, proposalId: proposalId! });
      case 'payment.create':
        return this.jobs.enqueue(tx, 'qbo.payment.carry', { orgId, paymentId: entityId });
      case 'refund.create':
        return this.jobs.enqueue(tx, 'qbo.refund.carry', { orgId, paymentId: entityId });
      case 'item.create':
      case 'invoice.void':
        return;
    }
  }
}
