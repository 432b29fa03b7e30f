import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CreditMemosRepository } from '../../contracts/credits/credit-memos.repository.js';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import { QboCreditsClient } from '../api/qbo-credits.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationTriesRepository } from '../operations/operation-tries.repository.js';
import { OperationsRepository } from '../operations/operations.repository.js';
import { retryAnswer } from '../operations/retry-answer.js';
import { CreditMemoOperationHandlerService } from '../push/credits/credit-memo-operation-handler.service.js';
import { CreditMemoPushService } from '../push/credits/credit-memo-push.service.js';
import { CreditQuestionsService } from '../push/credits/credit-questions.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { creditMemoMismatch } from './match-check.js';
import { RetryBoundService } from './retry-bound.service.js';

/**
 * What a person can do about a credit memo that is not in the books, or on no invoice: have it tried again, or name the
 * one that was entered by hand, which is put on the invoices then.
 */
@Injectable()
export class CreditResolutionService implements ResolutionHandler, OnModuleInit {
  readonly takes = 'credit memo';

  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly retryBound: RetryBoundService,
    private readonly connections: ConnectionService,
    private readonly credits: CreditMemosRepository,
    private readonly proposals: ProposalsRepository,
    private readonly client: QboCreditsClient,
    private readonly memos: CreditMemoPushService,
    private readonly handlers: CreditMemoOperationHandlerService,
    private readonly questions: CreditQuestionsService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly manualMatch: ManualMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('credit.create', this);
    this.resolutions.register('credit.apply', { retry: (orgId, id) => this.retry(orgId, id) });
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    await this.memos.push(orgId, Number(id), { insist: true });
    const newest = await Promise.all([
      this.operations.findNewest('credit.create', orgId, Number(id)),
      this.operations.findNewest('credit.apply', orgId, Number(id)),
    ]);
    const tried = newest.filter((one) => one !== null).map((one) => this.operations.look(one));
    return retryAnswer(await Promise.all(tried), 'It waits for its company in QuickBooks.');
  }

  async closed(tx: EntityManager, orgId: number, id: string): Promise<void> {
    await this.questions.closeElsewhere(tx, orgId, Number(id));
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const wanted = await this.credits.find(this.dataSource.manager, orgId, Number(id));
    if (!wanted) throw notFound('credit memo', id);
    const [newest, ...earlier] = await this.manualMatch.triesAt('credit.create', orgId, wanted.id);
    const { payload } = newest;
    if (!payload.lines) {
      const reason = 'It was never sent, so the credit memo cannot be compared. Retry it first.';
      throw new DomainError('conflict', 'document_of_no_use', reason);
    }
    const memo = await this.manualMatch.read(company, found, () =>
      this.client.getCreditMemo(company, found.id),
    );
    const { amountCents, currency, proposalId } = wanted;
    const requestIds = [newest, ...earlier].map(({ requestId }) => requestId);
    const expected = { qboCustomerId: payload.customerId, amountCents, currency, requestIds };
    this.manualMatch.assertMatches(creditMemoMismatch(memo, expected));
    await this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      if (await this.tries.isTaken(tx, company, 'credit.create', memo.id)) {
        const reason = `Credit memo ${memo.docNumber ?? memo.id} stands for another change order already.`;
        throw new DomainError('conflict', 'document_taken', reason);
      }
      await this.manualMatch.finish(tx, company, newest, { id: memo.id, payload });
      await this.handlers.onMade(tx, company, wanted, memo);
      await also(tx);
    });
    await this.memos.push(orgId, wanted.id);
  }
}
