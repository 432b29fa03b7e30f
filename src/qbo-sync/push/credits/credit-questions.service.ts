import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { CreditMemo } from '../../../contracts/credits/credit-memo.entity.js';
import {
  type CreditMemoKey,
  CreditMemosRepository,
} from '../../../contracts/credits/credit-memos.repository.js';
import { creditBelongsTo } from '../../../contracts/credits/credit-shares.js';
import { UnusedCreditsService } from '../../../contracts/credits/unused-credits.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { InboxCode } from '../../../messages/inbox-messages.js';
import { creditBesideRefund, creditElsewhere } from '../../../messages/reasons/credit-reasons.js';
import { Clock } from '../../../platform/time/clock.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { type OutboundOperation, subjectOf } from '../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { after, DAY_MS } from '../../../platform/time/after.js';

type Creation = OutboundOperation<'credit.create'>;

const BESIDE_REFUND = 'credit_beside_refund';
const ELSEWHERE = 'credit_elsewhere';

/** Leaves a credit memo to a person where nobody else can say whether it is to be made. Nothing is sent meanwhile. */
@Injectable()
export class CreditQuestionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly proposals: ProposalsRepository,
    private readonly credits: CreditMemosRepository,
    private readonly unused: UnusedCreditsService,
    private readonly invoices: InvoicesRepository,
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
   * True where it asks: the invoices that the credit memo is to lower are in the books of another company. It waits for
   * that company, or for an invoice of the contract in this one; then the question is closed before anything is sent,
   * so that nobody credits by hand what is made.
   */
  async askWhetherElsewhere(
    { realmId }: QboCompany,
    creation: Creation,
    memo: CreditMemo,
    title: string,
  ): Promise<boolean> {
    const { orgId, proposalId } = memo;
    return this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const step = await this.operations.getForUpdate(tx, creation);
      if (step.state !== 'waiting') return false;
      const made = (await this.invoices.listMade(tx, orgId, [proposalId])).filter(isLive);
      const billed = made.map(({ qboRealmId, balanceCents }) => ({
        qboRealmId,
        openCents: balanceCents ?? 0,
      }));
      if (creditBelongsTo(realmId, billed)) {
        const subject = subjectOf(step);
        if ((await this.inbox.openCode(tx, orgId, subject)) === ELSEWHERE)
          await this.inbox.resolveSubject(tx, orgId, subject);
        return false;
      }
      const reason = creditElsewhere(title, await this.customers.nameOf(tx, step));
      const next = after(this.clock.now(), DAY_MS);
      await this.operations.defer(tx, step, 'waiting', { kind: ELSEWHERE, message: reason }, next);
      await this.open(tx, step, ELSEWHERE, reason);
      return true;
    });
  }

  /**
   * A person closes the question, as they have credited it by hand, in the other company too, or nobody is to: no
   * credit memo is made, by whatever was read before. Part of their transaction.
   */
  async leave(tx: EntityManager, orgId: number, creditMemoId: number): Promise<void> {
    const newest = await this.operations.findNewest('credit.create', orgId, creditMemoId, tx);
    if (!newest) return;
    await this.tries.withdraw(tx, 'credit.create', orgId, creditMemoId);
    const { state, errorKind } = await this.operations.getForUpdate(tx, newest);
    if (state === 'waiting') {
      const kind = (errorKind ?? 'validation') as InboxCode;
      const failure = { kind, message: 'A person decided about it.' };
      await this.operations.defer(tx, newest, 'refused', failure, this.clock.now());
    }
    await this.tries.leave(tx, newest);
  }

  /**
   * True where it asks: money of the contract was refunded before, and may be what is credited now, since no invoice
   * takes the credit. The refund has lowered income already, so that the credit memo would lower it once more. Who was
   * asked and has it retried wants the credit memo. Whoever asks has the proposal's lock: of a refund and a credit that
   * meet, one is asked about.
   */
  async askWhetherRefunded(creation: Creation, memo: CreditMemo, title: string): Promise<boolean> {
    const { orgId } = creation;
    return this.dataSource.transaction(async (tx) => {
      const { proposalId, currency } = memo;
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const step = await this.operations.getForUpdate(tx, creation);
      if (step.state !== 'waiting' || 'confirmed' in step.payload) return false;
      const cents = await this.credits.refundedCents(tx, orgId, proposalId);
      if (cents === 0 || (await this.unused.centsOf(tx, orgId, proposalId)) === 0) return false;
      const reason = creditBesideRefund(title, await this.customers.nameOf(tx, step), {
        cents,
        currency,
      });
      const failure = { kind: BESIDE_REFUND, message: reason } as const;
      await this.operations.defer(tx, step, 'refused', failure, this.clock.now());
      await this.open(tx, step, BESIDE_REFUND, reason);
      return true;
    });
  }

  private async open(
    tx: EntityManager,
    step: Creation,
    code: typeof BESIDE_REFUND | typeof ELSEWHERE,
    reason: string,
  ): Promise<void> {
    const { orgId, proposalId, id: operationId } = step;
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOf(step),
      code,
      reason,
      retry: 'singly',
      proposalId,
      operationId,
    });
  }
}
