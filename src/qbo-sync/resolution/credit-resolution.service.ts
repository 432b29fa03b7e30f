import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { nullWhereForgotten, OperationsRepository } from '../operations/rows/operations.repository.js';
import { retryAnswer, type TriedAgain } from '../operations/retry-answer.js';
import { CreditMemoPushService } from '../push/credits/credit-memo-push.service.js';
import { CreditQuestionsService } from '../push/credits/credit-questions.service.js';
import { CreditMemoMatchService } from './credit-memo-match.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { RetryBoundService } from './retry-bound.service.js';

/**
 * What a person can do about a credit memo that is not in the books, or on no invoice: have it tried again, or name the
 * one that was entered by hand, which is put on the invoices then.
 */
@Injectable()
export class CreditResolutionService implements ResolutionHandler, OnModuleInit {
  readonly takes = 'credit memo';

  constructor(
    private readonly resolutions: ResolutionsService,
    private readonly retryBound: RetryBoundService,
    private readonly connections: ConnectionService,
    private readonly memos: CreditMemoPushService,
    private readonly questions: CreditQuestionsService,
    private readonly operations: OperationsRepository,
    private readonly manualMatch: ManualMatchService,
    private readonly match: CreditMemoMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('credit.create', this);
    this.resolutions.register('credit.apply', { retry: (orgId, id) => this.retry(orgId, id) });
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    await this.memos.push(orgId, Number(id), { insist: true });
    const tried: TriedAgain[] = [];
    for (const kind of ['credit.create', 'credit.apply'] as const) {
      const newest = await this.operations.findNewest(kind, orgId, Number(id));
      const now = newest && (await this.operations.look(newest).catch(nullWhereForgotten));
      if (now) tried.push(now);
    }
    return retryAnswer(tried, 'It waits for its company in QuickBooks.');
  }

  async closed(tx: EntityManager, orgId: number, id: string): Promise<void> {
    await this.manualMatch.assertAtRest(tx, 'credit.create', orgId, Number(id));
    await this.questions.leave(tx, orgId, Number(id));
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.match.adopt(orgId, Number(id), found, also);
    await this.memos.push(orgId, Number(id));
  }
}
