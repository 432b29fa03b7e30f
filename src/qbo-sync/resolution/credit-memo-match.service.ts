import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CreditMemosRepository } from '../../contracts/credits/credit-memos.repository.js';
import type { FoundDocument } from '../../inbox/resolutions.service.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { QboClient } from '../api/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { CreditMemoOperationHandlerService } from '../push/credits/credit-memo-operation-handler.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { creditMemoMismatch } from './match-check.js';

/** Takes a credit memo that a person entered in QuickBooks for the one that is wanted. */
@Injectable()
export class CreditMemoMatchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly credits: CreditMemosRepository,
    private readonly proposals: ProposalsRepository,
    private readonly client: QboClient,
    private readonly handlers: CreditMemoOperationHandlerService,
    private readonly manualMatch: ManualMatchService,
  ) {}

  /** Throws a conflict where it is not plausible, or stands for another one. */
  async adopt(
    orgId: number,
    creditMemoId: number,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const wanted = await this.credits.find(this.dataSource.manager, orgId, creditMemoId);
    if (!wanted) throw notFound('credit memo', creditMemoId);
    const [newest, ...earlier] = await this.manualMatch.triesAt('credit.create', orgId, wanted.id);
    const { payload } = newest;
    if (!payload.lines) {
      const reason = 'It was never sent, so the credit memo cannot be compared. Retry it first.';
      throw new DomainError('conflict', 'document_of_no_use', reason);
    }
    const memo = await this.manualMatch.read(company, found, () =>
      this.client.credits.get(company, found.id),
    );
    const { amountCents, currency, proposalId } = wanted;
    const requestIds = [newest, ...earlier].map(({ requestId }) => requestId);
    const expected = { qboCustomerId: payload.customerId, amountCents, currency, requestIds };
    this.manualMatch.assertMatches(creditMemoMismatch(memo, expected));
    await this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      await this.manualMatch.assertFree(
        tx,
        company,
        { kind: 'credit.create', id: memo.id },
        `Credit memo ${memo.docNumber ?? memo.id} stands for another change order already.`,
      );
      await this.manualMatch.finish(tx, company, newest, { id: memo.id, payload });
      await this.handlers.onMade(tx, company, wanted, memo);
      await also(tx);
    });
  }
}
