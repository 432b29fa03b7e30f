import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { UnusedCreditsService } from '../../../../contracts/credits/unused-credits.service.js';
import { moneyText } from '../../../../messages/format.js';
import { REFUND_OF_REMOVED_STEP, REFUND_PARTLY_ON_ACCOUNT_STEP } from '../../../../messages/next-steps.js';
import { sumCents } from '../../../../platform/money/cents.js';
import { ProposalsRepository } from '../../../../proposals/rows/proposals.repository.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboPayment } from '../../../api/model/qbo-objects.js';
import { OperationInboxService } from '../../../operations/questions/operation-inbox.service.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import type { OutboundRefund } from './refund-step.js';
import { RefundStepsRepository } from './refund-steps.repository.js';

/** Leaves a refund to a person where nobody else can say how it comes into the books. Nothing is sent meanwhile. */
@Injectable()
export class RefundQuestionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly tries: OperationTriesRepository,
    private readonly proposals: ProposalsRepository,
    private readonly unused: UnusedCreditsService,
    private readonly steps: RefundStepsRepository,
    private readonly items: OperationInboxService,
  ) {}

  /** The payment was recorded, and is gone from QuickBooks since. */
  async askForRemoved(step: OutboundRefund, title: string): Promise<void> {
    const why = 'the payment it gives back was deleted or voided in QuickBooks';
    await this.dataSource.transaction((tx) =>
      this.items.ask(tx, step, { title, code: 'payment_missing', why, nextStep: REFUND_OF_REMOVED_STEP }),
    );
  }

  /**
   * Another company numbers its payments by itself: one with this id is somebody else's. Where another one is connected
   * by now it is looked at anew: whoever connects a company takes up what was asked before, and nothing later.
   */
  async askForElsewhere(company: QboCompany, step: OutboundRefund, title: string): Promise<void> {
    const why = 'the payment it gives back is in another company than the one connected';
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.connections.isStill(tx, company))) return this.operationJobs.enqueue(tx, step);
      return this.items.ask(tx, step, { title, code: 'payment_elsewhere', why });
    });
  }

  async askForPayment(step: OutboundRefund, title: string): Promise<void> {
    const why = 'the payment it gives back is not in the books';
    await this.dataSource.transaction((tx) =>
      this.items.ask(tx, step, { title, code: 'payment_missing', why }),
    );
  }

  /**
   * True where it asks: a credit of the contract is on no invoice, and the refund may be what pays it out. The credit
   * memo has lowered income already, so that a refund receipt would lower it once more. Who was asked and has it
   * retried wants the receipt. Whoever asks has the proposal's lock, as for the converse in `CreditQuestionsService`.
   */
  async askWhetherCredit(step: OutboundRefund, title: string): Promise<boolean> {
    const { orgId } = step;
    const { proposalId, currency } = step.payload.fact;
    return this.dataSource.transaction(async (tx) => {
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      const leftCents = await this.unused.centsOf(tx, orgId, proposalId);
      if (leftCents === 0) return false;
      const why = `it may pay out the credit of ${moneyText(leftCents, currency)} that is on no invoice`;
      const now = await this.operations.getForUpdate(tx, step);
      if (now.payload.confirmed) return false;
      await this.items.ask(tx, step, { title, code: 'refund_beside_credit', why });
      return true;
    });
  }

  /**
   * True where it asks: money of the payment is on account in QuickBooks, as its invoice was voided or was paid before.
   * It is a credit of the customer's there, which an expense pays out; a receipt would take it off income beside that.
   * Who was asked and has it retried wants the receipt.
   */
  async askOnAccount(step: OutboundRefund, { unappliedCents }: QboPayment, title: string): Promise<boolean> {
    const { amountCents, onAccountConfirmed, fact } = step.payload;
    if (unappliedCents <= 0 || onAccountConfirmed) return false;
    const onAccountCents = Math.min(unappliedCents - (await this.askedOnAccountCents(step)), amountCents);
    if (onAccountCents <= 0) return false;
    const what = moneyText(onAccountCents, fact.currency);
    const why = `${what} of the payment it gives back is on account there and on no invoice`;
    const nextStep = onAccountCents < amountCents ? REFUND_PARTLY_ON_ACCOUNT_STEP : undefined;
    return this.dataSource.transaction(async (tx) => {
      const now = await this.operations.getForUpdate(tx, step);
      if (now.payload.onAccountConfirmed) return false;
      await this.steps.keepOnAccount(tx, step, onAccountCents);
      await this.items.ask(tx, step, { title, code: 'refund_on_account', why, nextStep });
      return true;
    });
  }

  /** What of the same payment a person is asked about for other refunds: it is on account once. */
  private async askedOnAccountCents({ orgId, entityId, id }: OutboundRefund): Promise<number> {
    const steps = await this.tries.listOf('refund.create', orgId, entityId);
    const asked = steps.filter(
      (one) =>
        one.id !== id &&
        one.state === 'refused' &&
        one.errorKind === 'refund_on_account' &&
        one.payload.byPerson === undefined,
    );
    return sumCents(asked.map(({ payload }) => payload.onAccountCents ?? 0));
  }
}
