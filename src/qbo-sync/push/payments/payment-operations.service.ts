import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { type LedgerEntry, LedgerRepository } from '../../../payments/ledger/ledger.repository.js';
import { referenceOf } from '../../../payments/ledger/payment-reference.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { subjectOf } from '../../operations/rows/operation.entity.js';
import { OperationTriesRepository } from '../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { RecordedPaymentReviewService } from '../../pull/invoices/monitors/money/recorded-payment-review.service.js';
import { type DayOf, RefundOperationsService } from './refunds/refund-operations.service.js';

/** Who puts a payment into the books. */
export type Bookkeeping = 'us' | 'bookkeeper';

/**
 * Makes the operations that the rows of the ledger ask for: one for the payment, and one for each part of its refunds
 * that no operation accounts for. Rows and operations are compared in one transaction under the lock of the payment, so
 * that nothing depends on the order of jobs and events, and repeating it changes nothing.
 */
@Injectable()
export class PaymentOperationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly tries: OperationTriesRepository,
    private readonly refunds: RefundOperationsService,
    private readonly recorded: RecordedPaymentReviewService,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Null where there is no such payment. Whether it is recorded here is decided once, at the first call. While it is
   * not known which receipts stand, its refunds are left as they are: one that was made anew would pass for one that is
   * gone.
   */
  async ensure(
    orgId: number,
    paymentId: number,
    { receiptsKnown }: { receiptsKnown: boolean },
  ): Promise<Bookkeeping | null> {
    return this.dataSource.transaction(async (tx) => {
      const payment = await this.payments.getForUpdate(tx, orgId, paymentId);
      if (!payment) return null;
      if (payment.recordedHere === null) {
        const { recordPayments } = await this.settings.get(orgId, tx);
        payment.recordedHere = recordPayments;
        await this.payments.setRecordedHere(tx, payment, recordPayments);
      }
      if (!payment.recordedHere) return 'bookkeeper';
      const entry = await this.ledger.entryOf(tx, payment);
      const dayOf = await this.settings.daysThen(orgId, tx);
      await this.ensurePayment(tx, entry, dayOf);
      const failed = receiptsKnown && (await this.refunds.ensure(tx, entry, dayOf));
      const isWonBack = entry.disputes.some(({ state }) => state === 'won');
      await this.reviewUnrecorded(tx, entry, failed || isWonBack);
      await this.recorded.review(tx, orgId, paymentId);
      return 'us';
    });
  }

  private async ensurePayment(tx: EntityManager, { payment }: LedgerEntry, dayOf: DayOf): Promise<void> {
    const { orgId, proposalId, id: paymentId, amountCents, currency } = payment;
    const known = await this.tries.listOf('payment.create', orgId, paymentId, tx);
    if (known.length > 0) return;
    const paidOn = dayOf(payment.paidAt);
    const reference = referenceOf(payment);
    const fact = { orgId, proposalId, paymentId, amountCents, currency, paidOn, reference };
    const operation = await this.operations.insertOnce(tx, {
      orgId,
      realmId: null,
      kind: 'payment.create',
      entityId: paymentId,
      proposalId,
      generation: 1,
      requestId: `pay-${randomUUID()}`,
      payload: { fact },
      state: 'waiting',
    });
    await this.operationJobs.enqueue(tx, operation);
  }

  /**
   * Nobody is asked to record, or to give back, a payment that is in no books and of which nothing is with us any more;
   * once it `cameBack`, as a refund failed or a dispute was won after all, what becomes of it is a question again,
   * unless a person has decided what was asked last.
   */
  private async reviewUnrecorded(
    tx: EntityManager,
    { payment: { orgId, id }, balance }: LedgerEntry,
    cameBack: boolean,
  ): Promise<void> {
    const newest = await this.operations.findNewest('payment.create', orgId, id, tx);
    if (newest?.state !== 'refused' || newest.errorKind === 'customer_erased') return;
    const subject = subjectOf(newest);
    if (balance.netCents === 0) return this.inbox.resolveSubject(tx, orgId, subject);
    if (!cameBack || (await this.inbox.hasOpen(tx, orgId, subject))) return;
    if ((await this.inbox.standingDecision(tx, orgId, subject)) === null)
      await this.operations.askAnew(tx, newest);
  }
}
