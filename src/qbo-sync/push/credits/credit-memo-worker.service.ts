import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { DueJobsService } from '../../../jobs/due-jobs.service.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { CreditMemoPushService } from './credit-memo-push.service.js';
import { CreditQuestionsService } from './credit-questions.service.js';

/** Runs the jobs that put the credit memos of change orders into the books. */
@Injectable()
export class CreditMemoWorkerService implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly jobs: JobsService,
    private readonly dueJobs: DueJobsService,
    private readonly operationJobs: OperationJobsService,
    private readonly credits: CreditMemosRepository,
    private readonly questions: CreditQuestionsService,
    private readonly push: CreditMemoPushService,
  ) {}

  onModuleInit(): void {
    this.dueJobs.register({
      table: 'credit_memos',
      list: async (tx, limit) =>
        (await this.credits.listDue(tx, limit)).map((payload) => ({ name: 'qbo.credit.carry', payload })),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.credit.carry', async (key) => {
      const { orgId, creditMemoId: entityId } = key;
      await this.questions.review(key);
      const isDue =
        (await this.operationJobs.isDue({ orgId, kind: 'credit.create', entityId })) &&
        (await this.operationJobs.isDue({ orgId, kind: 'credit.apply', entityId }));
      if (isDue) await this.push.carry(orgId, entityId);
    });
  }
}
