import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { CreditMemoPushService } from './credit-memo-push.service.js';
import { CreditQuestionsService } from './credit-questions.service.js';

/** Runs the jobs that put the credit memos of change orders into the books. */
@Injectable()
export class CreditMemoWorkerService {
  constructor(
    private readonly operationJobs: OperationJobsService,
    private readonly credits: CreditMemosRepository,
    private readonly questions: CreditQuestionsService,
    private readonly memos: CreditMemoPushService,
  ) {}

  @DueRows('credit_memos')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.credits.listDue(tx, limit);
    return due.map((payload) => ({ name: 'qbo.credit.carry', payload }));
  }

  @JobHandler('qbo.credit.carry')
  async goOn(key: QueuePayloads['qbo.credit.carry']): Promise<void> {
    const { orgId, creditMemoId: entityId } = key;
    await this.questions.review(key);
    const isDue =
      (await this.operationJobs.isDue({ orgId, kind: 'credit.create', entityId })) &&
      (await this.operationJobs.isDue({ orgId, kind: 'credit.apply', entityId }));
    if (isDue) await this.memos.push(orgId, entityId);
  }
}
