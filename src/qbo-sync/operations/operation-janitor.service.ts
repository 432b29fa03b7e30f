import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { OperationsRepository } from './operations.repository.js';

const OPERATIONS_PER_ROUND_MAX = 200;

/** Wakes up what was left unfinished: a retry whose time has come, a worker that died on the way. */
@Injectable()
export class OperationJanitor {
  private readonly logger = new Logger(OperationJanitor.name);

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
      for (const { orgId, kind, entityId } of due) {
        if (kind === 'invoice.create')
          await this.jobs.enqueue(tx, 'qbo.invoice.create', { orgId, proposalId: entityId });
        else await this.jobs.enqueue(tx, 'qbo.customer.create', { orgId, customerId: entityId });
      }
    });
    return due.length;
  }
}
