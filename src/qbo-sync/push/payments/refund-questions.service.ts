import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { UnusedCreditsService } from '../../../contracts/credits/unused-credits.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { moneyText } from '../../../messages/format.js';
import type { InboxCode } from '../../../messages/inbox-messages.js';
import { forCustomer } from '../../../messages/inbox-reasons.js';
import { REFUND_OF_REMOVED_STEP, REFUND_PARTLY_ON_ACCOUNT_STEP } from '../../../messages/next-steps.js';
import { LedgerRepository } from '../../../payments/ledger/ledger.repository.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { sumCents } from '../../../platform/money/cents.js';
import { Clock } from '../../../platform/time/clock.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { type OutboundOperation, subjectOf } from '../../operations/operation.entity.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import { adviceFor } from '../../operations/operation-advice.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { RemovedPaymentsRepository } from '../../pull/invoices/monitors/removed-payments.repository.js';
import { StrayReceiptsService } from '../../pull/invoices/monitors/stray-receipts.service.js';
import { isStepClosed, type OutboundRefund, titleOfOpenSteps } from './refund-step.js';
import { RefundStepsRepository } from './refund-steps.repository.js';

const BESIDE_CREDIT = 'refund_beside_credit';

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
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly removed: RemovedPaymentsRepository,
    private readonly strayReceipts: StrayReceiptsService,
    private readonly steps: RefundStepsRepository,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * True where the payment is certainly in no books, and nothing of it is with us any more: then its refund belongs
   * into none either. Who has resolved the question about it may have entered it by hand.
   */
  async leaveWithPayment(step: OutboundRefund): Promise<boolean> {
    const newest = await this.operations.findNewest('payment.create', step.orgId, step.entityId);
    if (newest?.state !== 'refused' || !(await this.isAllBack(step))) return false;
    const subject = subjectOf(newest);
    const { manager } = this.dataSource;
    const decision = await this.inbox.decisionSince(manager, step.orgId, subject, newest.createdAt);
    if (decision === 'resolved') return false;
    await this.leave(step, subject);
    return true;
  }

  /** True where nothing of the payment is with us any more, whether it was refunded or the bank took it. */
  async isAllBack({ orgId, entityId }: Pick<OutboundOperation, 'orgId' | 'entityId'>): Promise<boolean> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, entityId);
    return payment !== null && (await this.ledger.entryOf(manager, payment)).balance.netCents === 0;
  }

  /** True where nothing is on an invoice but payments that were recorded from here, if any. */
  async hasOurMoneyAlone(company: QboCompany, invoice: QboInvoice): Promise<boolean> {
    const { balanceCents, totalCents, linkedPaymentIds } = invoice;
    if (balanceCents === totalCents) return true;
    for (const id of linkedPaymentIds)
      if (!(await this.tries.isTaken(this.dataSource.manager, company, 'payment.create', id))) return false;
    return linkedPaymentIds.length > 0;
  }

  /**
   * Keeps it out of the books as its payment is, and with it what was refused of the other refunds of the payment; they
   * are taken up where that is recorded after all. Closes what was asked about them, and the item of `subject`. One of
   * which nobody knows whether it is in the books is still asked about.
   */
  async leave(step: OutboundRefund, subject?: string): Promise<void> {
    const { orgId, entityId } = step;
    const failure = { kind: 'payment_missing', message: 'Its payment is not in the books either.' } as const;
    await this.dataSource.transaction(async (tx) => {
      // In the order in which all of them are locked elsewhere, and not its own first.
      await this.steps.lock(tx, orgId, entityId);
      if (!(await this.operations.defer(tx, step, 'refused', failure, this.clock.now()))) return;
      await this.steps.leaveRefused(tx, orgId, entityId, failure);
      if (subject !== undefined) await this.inbox.resolveSubject(tx, orgId, subject);
      if (!(await this.askOthers(tx, step))) await this.inbox.resolveSubject(tx, orgId, subjectOf(step));
    });
  }

  /** Keeps that the payment is gone from QuickBooks, which no poll may have said yet. */
  async keepRemoved(company: QboCompany, step: OutboundRefund, qboPaymentId: string): Promise<void> {
    const news = [{ id: qboPaymentId, isGone: true }];
    await this.dataSource.transaction(async (tx) => {
      await this.removed.keep(tx, company, 'payment.create', news);
      await this.strayReceipts.review(tx, step.orgId, step.entityId);
    });
  }

  /** The payment was recorded, and is gone from QuickBooks since. */
  async askForRemoved(step: OutboundRefund, title: string): Promise<void> {
    const why = 'the payment it gives back was deleted or voided in QuickBooks';
    await this.dataSource.transaction((tx) =>
      this.ask(tx, step, title, 'payment_missing', why, REFUND_OF_REMOVED_STEP),
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
      return this.ask(tx, step, title, 'payment_elsewhere', why);
    });
  }

  async askForPayment(step: OutboundRefund, title: string): Promise<void> {
    const why = 'the payment it gives back is not in the books';
    await this.dataSource.transaction((tx) => this.ask(tx, step, title, 'payment_missing', why));
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
      await this.ask(tx, step, title, BESIDE_CREDIT, why);
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
      await this.ask(tx, step, title, 'refund_on_account', why, nextStep);
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

  /**
   * The item of a payment's refunds is about another one of them that a person is asked about; false where there is
   * none. One whose payment was missing is taken up by itself once that is there.
   */
  async askOthers(tx: EntityManager, { orgId, entityId, id }: OutboundRefund): Promise<boolean> {
    const steps = await this.tries.listOf('refund.create', orgId, entityId, tx);
    const others = steps.filter((step) => step.id !== id && !isStepClosed(step));
    const asked = others.findLast(
      ({ state, errorKind }) =>
        (state === 'refused' || state === 'needs_person') && errorKind !== 'payment_missing',
    );
    if (!asked || !(await this.inbox.hasOpen(tx, orgId, subjectOf(asked)))) return false;
    const title = titleOfOpenSteps([asked, ...others.filter((step) => step !== asked)]);
    const failure = { kind: asked.errorKind as InboxCode, message: asked.errorDetail ?? '' };
    const { nextStep, retry } = adviceFor(failure, asked.state === 'needs_person', 'refund.create');
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOf(asked),
      code: failure.kind,
      qboCode: asked.errorCode ?? undefined,
      reason: `${title}${forCustomer(await this.operations.customerName(tx, asked))}: ${failure.message}`,
      nextStep: isPartlyOnAccount(asked) ? REFUND_PARTLY_ON_ACCOUNT_STEP : nextStep,
      retry,
      proposalId: asked.proposalId,
      paymentId: entityId,
      operationId: asked.id,
    });
    return true;
  }

  /** Has the item of a payment's refunds name what is left after some failed at Stripe; with nothing left it closes. */
  async reviewItem(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const steps = await this.tries.listOf('refund.create', orgId, paymentId, tx);
    const [first] = steps;
    if (!first) return;
    const left = steps.findLast((step) => !isStepClosed(step));
    if (!left) return this.inbox.resolveSubject(tx, orgId, subjectOf(first));
    const who = forCustomer(await this.operations.customerName(tx, left));
    const reason = `${titleOfOpenSteps([left, ...steps.filter((step) => step !== left)])}${who}: ${left.errorDetail}`;
    if (left.errorDetail !== null) await this.inbox.restate(tx, orgId, subjectOf(left), reason);
  }

  private async ask(
    tx: EntityManager,
    step: OutboundRefund,
    title: string,
    code: InboxCode,
    why: string,
    nextStep?: string,
  ): Promise<void> {
    const failure = { kind: code, message: `Not recorded: ${why}.` };
    if (!(await this.operations.defer(tx, step, 'refused', failure, this.clock.now()))) return;
    const who = forCustomer(await this.operations.customerName(tx, step));
    await this.inbox.open(tx, {
      orgId: step.orgId,
      subject: subjectOf(step),
      code,
      reason: `${title}${who}: not recorded in QuickBooks, because ${why}.`,
      nextStep,
      retry: 'singly',
      proposalId: step.proposalId,
      operationId: step.id,
    });
  }
}

function isPartlyOnAccount({ errorKind, payload }: OutboundRefund): boolean {
  return errorKind === 'refund_on_account' && (payload.onAccountCents ?? 0) < payload.amountCents;
}
