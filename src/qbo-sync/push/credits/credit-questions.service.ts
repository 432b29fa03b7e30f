import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credit-memo.entity.js';
import { type CreditMemoKey, CreditMemosRepository } from '../../../contracts/credit-memos.repository.js';
import { UnusedCreditsService } from '../../../contracts/unused-credits.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { creditBesideRefund } from '../../../messages/inbox-reasons.js';
import { Clock } from '../../../platform/time/clock.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { type OutboundOperation, subjectOf } from '../../operations/operation.entity.js';
import { OperationsRepository } from '../../operations/operations.repository.js';

type Creation = OutboundOperation<'credit.create'>;

const BESIDE_REFUND = 'credit_beside_refund';

/** Leaves a credit memo to a person where nobody else can say whether it is to be made. Nothing is sent meanwhile. */
@Injectable()
export class CreditQuestionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
    private readonly proposals: ProposalsRepository,
    private readonly credits: CreditMemosRepository,
    private readonly unused: UnusedCreditsService,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Looks once more at a credit memo that a refund gave back, or may have, where not so much is refunded any more, as
   * one has failed: the credit memo is wanted then, or a person is asked about what is left, answered or not.
   */
  async review({ orgId, creditMemoId }: CreditMemoKey): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const creation = await this.operations.findNewest('credit.create', orgId, creditMemoId, tx);
      if (!creation || creation.proposalId === null) return;
      await this.proposals.getForUpdate(tx, orgId, creation.proposalId);
      const { state, errorKind } = await this.operations.getForUpdate(tx, creation);
      if (state !== 'refused' || errorKind !== BESIDE_REFUND) return;
      if ((await this.credits.notRefundedCents(tx, orgId, creation.proposalId)) === 0) return;
      await this.operations.askAnew(tx, creation);
    });
  }

  /**
   * True where it asks: money of the contract was refunded before, and may be what is credited now, since no invoice
   * takes the credit. The refund has lowered income already, so that the credit memo would lower it once more. Who was
   * asked and has it retried wants the credit memo. Whoever asks has the proposal's lock: of a refund and a credit that
   * meet, one is asked about.
   */
  async askWhetherRefunded(creation: Creation, memo: CreditMemo, title: string): Promise<boolean> {
    const { orgId, id } = creation;
    return this.dataSource.transaction(async (tx) => {
      const { proposalId, currency } = memo;
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const step = await this.operations.getForUpdate(tx, creation);
      if (step.state !== 'waiting' || 'confirmed' in step.payload) return false;
      const cents = await this.credits.refundedCents(tx, orgId, proposalId);
      if (cents === 0 || (await this.unused.centsOf(tx, orgId, proposalId)) === 0) return false;
      const reason = creditBesideRefund(title, await this.operations.customerName(tx, step), {
        cents,
        currency,
      });
      const failure = { kind: BESIDE_REFUND, message: reason } as const;
      await this.operations.defer(tx, step, 'refused', failure, this.clock.now());
      await this.inbox.open(tx, {
        orgId,
        subject: subjectOf(step),
        code: BESIDE_REFUND,
        reason,
        retry: 'singly',
        proposalId,
        operationId: id,
      });
      return true;
    });
  }
}
