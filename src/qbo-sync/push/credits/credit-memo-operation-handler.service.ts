import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import { CreditMemosRepository } from '../../../contracts/credits/credit-memos.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboCreditMemo } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { ForgottenDocumentsService } from '../../operations/questions/forgotten-documents.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import type { PreparedOperation } from '../../operations/rows/operation.entity.js';
import { isMarked } from '../../operations/request-mark.js';
import { SyncCursorsRepository } from '../../pull/change-feed/sync-cursors.repository.js';
import { CreditMemoProjectorService } from '../../pull/credits/credit-memo-projector.service.js';
import { creditMemoFacts } from '../../pull/credits/credit-memo-state.js';
import { assertNoneOfOurs } from '../../operations/rows/unread-rows.js';
import { madeBy } from '../payments/payment-draft.js';

/** How a credit memo goes to QuickBooks, and what is written down once it is there. */
@Injectable()
export class CreditMemoOperationHandlerService {
  constructor(
    private readonly client: QboClient,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly credits: CreditMemosRepository,
    private readonly activity: ActivityRepository,
    private readonly projector: CreditMemoProjectorService,
    private readonly cursors: SyncCursorsRepository,
    private readonly clock: Clock,
  ) {}

  of(company: QboCompany, memo: CreditMemo, title: string): OperationHandler<'credit.create', QboCreditMemo> {
    return {
      subject: title,
      // A person may have asked for it again after it was made and its answer lost, on another day than the first.
      looksFirst: true,
      find: (sent) => this.find(company, memo, sent),
      execute: ({ requestId, payload }) => this.client.credits.create(company, payload, requestId),
      onSucceeded: async (tx, made) => {
        await this.onMade(tx, company, memo, made);
        // Asked again, QuickBooks answers what it answered at first, also of what was deleted since.
        await this.cursors.lookBackTo(tx, company, made.enteredAt);
      },
    };
  }

  /** The credit memo of this operation, or the one with its number that was made after the backup that is restored. */
  private async find(
    company: QboCompany,
    { proposalId }: CreditMemo,
    { requestId, payload: { docNumber, customerId } }: PreparedOperation<'credit.create'>,
  ): Promise<QboCreditMemo | null> {
    const bearers = await this.client.credits.findByDocNumber(company, docNumber);
    const made = madeBy(requestId, bearers.read);
    if (made) return made;
    assertNoneOfOurs(bearers, 'credit.query', isMarked);
    return this.forgotten.numbered(company, { proposalId, customerId }, bearers.read, {
      kind: 'credit.create',
      operation: 'credit.query',
    });
  }

  /** Writes down what came of it, in the transaction that closes the operation. */
  async onMade(tx: EntityManager, company: QboCompany, memo: CreditMemo, made: QboCreditMemo): Promise<void> {
    const { orgId, proposalId } = memo;
    await this.credits.update(tx, memo, {
      ...creditMemoFacts(made),
      qboRealmId: company.realmId,
      qboCreditMemoId: made.id,
      updatedAt: this.clock.now(),
    });
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: 'credit_memo_created',
      occurrence: made.id,
      meta: { qbo_credit_memo_id: made.id, number: made.docNumber, amount_cents: made.totalCents },
    });
    await this.projector.reportMade(tx, memo, made.docNumber);
  }
}
