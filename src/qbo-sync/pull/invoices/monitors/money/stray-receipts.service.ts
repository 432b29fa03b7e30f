import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { WORK_ITEM_NAME } from '../../../../../contracts/billing/deposit-item-name.js';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { JobsService } from '../../../../../jobs/jobs.service.js';
import { refundRemoved, refundWithoutPayment } from '../../../../../messages/reasons/refund-reasons.js';
import {
  receiptRemovedSubjectOf,
  withoutPaymentSubjectOf,
} from '../../../../../payments/ledger/payment-subjects.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { Changed, QboRefund } from '../../../../api/model/qbo-objects.js';
import {
  bookedOf,
  type BookedReceipt,
  changedRefundReason,
  isChangedReceipt,
  overCentsOf,
  subjectOfRefundTotal,
} from '../../payments/refund-total.js';
import { RefundTotalsRepository } from '../../payments/refund-totals.repository.js';
import { ChangedDocumentMonitorService } from './changed-document-monitor.service.js';
import { goneOrThere } from '../gone-or-there.js';
import { RemovedPaymentsRepository, type StrayReceipts } from './removed-payments.repository.js';

const ITEMS = {
  refund_without_payment: { subjectOf: withoutPaymentSubjectOf, reasonOf: refundWithoutPayment },
  refund_removed: { subjectOf: receiptRemovedSubjectOf, reasonOf: refundRemoved },
} as const;

/**
 * Reports refund receipts whose payment was deleted or voided in QuickBooks, where nothing of it is with us: the books
 * have money going out that never came in there. While some is with us the question is that of the payment. And those
 * that are gone while payment and refund stand. An item closes by itself once both are there, or neither. Part of the
 * caller's transaction.
 */
@Injectable()
export class StrayReceiptsService {
  constructor(
    private readonly payments: RemovedPaymentsRepository,
    private readonly totals: RefundTotalsRepository,
    private readonly changed: ChangedDocumentMonitorService,
    private readonly jobs: JobsService,
    private readonly inbox: InboxRepository,
  ) {}

  /** Keeps which receipts are gone from QuickBooks, and what those are over and with that are not as they were sent. */
  async follow(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly Changed<QboRefund>[],
  ): Promise<void> {
    const documents = changes.map(goneOrThere);
    for (const paymentId of await this.payments.keep(tx, company, 'refund.create', documents))
      await this.review(tx, company.orgId, paymentId);
    await this.followTotals(tx, company, changes);
    await this.changed.report(tx, company, 'refund.create', changes);
  }

  /**
   * One that is over another sum than was sent, as QuickBooks made it or as somebody changed it, is no question any
   * more once it is over what was sent, or gone; over a third sum it is about that one. What it is over from now on is
   * kept: from there it is lowered where a refund fails later, and until it is another a person's decision holds.
   */
  private async followTotals(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly Changed<QboRefund>[],
  ): Promise<void> {
    const { orgId } = company;
    const standing = new Map(changes.map((one) => [one.id, one.deleted ? null : one.object]));
    for (const sent of await this.totals.list(tx, company, [...standing.keys()])) {
      const subject = subjectOfRefundTotal(sent.operationId);
      const receipt = standing.get(sent.qboId);
      const cents = receipt?.totalCents ?? 0;
      if (receipt && cents > 0 && cents === sent.cents)
        await this.totals.keepBooked(tx, { orgId, id: sent.operationId }, bookedOf(receipt, sent.heldItemId));
      const overCents = overCentsOf(sent, cents);
      if (overCents !== sent.overCents)
        await this.totals.keepOver(tx, { orgId, id: sent.operationId }, overCents);
      if (sent.isToBeLowered && cents !== sent.cents) await this.takeOut(tx, orgId, sent);
      if (cents === 0 || cents === sent.cents) await this.inbox.resolveSubject(tx, orgId, subject);
      else if (cents - sent.cents !== sent.overCents) {
        const { proposalId } = sent;
        const reason = changedRefundReason(sent, cents);
        if (isChangedReceipt(sent, cents))
          await this.inbox.open(tx, { orgId, subject, code: 'total_differs', reason, proposalId });
        else await this.inbox.restate(tx, orgId, subject, reason);
      }
    }
  }

  /** A person may have done what is asked of them: that is seen by all receipts of the payment, as they stand. */
  private async takeOut(
    tx: EntityManager,
    orgId: number,
    { proposalId, paymentId }: BookedReceipt,
  ): Promise<void> {
    await this.jobs.enqueue(tx, 'qbo.payment.record', { orgId, proposalId, paymentId });
  }

  /** What a person has decided is asked again where more is removed. */
  async review(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const stray = await this.payments.strayReceipts(tx, orgId, paymentId);
    const gone = await this.payments.removedReceipts(tx, orgId, paymentId);
    await this.report(tx, { orgId, paymentId, code: 'refund_without_payment' }, stray);
    await this.report(tx, { orgId, paymentId, code: 'refund_removed' }, gone);
  }

  private async report(
    tx: EntityManager,
    { orgId, paymentId, code }: { orgId: number; paymentId: number; code: keyof typeof ITEMS },
    receipts: StrayReceipts | null,
  ): Promise<void> {
    const { subjectOf, reasonOf } = ITEMS[code];
    const subject = subjectOf(paymentId);
    if (!receipts) return this.inbox.resolveSubject(tx, orgId, subject);
    const { amountsCents, releasedCents, currency, proposalId, customerId, customer, since } = receipts;
    if ((await this.inbox.decisionSince(tx, orgId, subject, since)) !== null) return;
    const amounts = amountsCents.map((cents, place) => {
      const under = { cents: releasedCents[place]!, item: WORK_ITEM_NAME };
      return { cents, currency, ...(under.cents > 0 ? { under } : {}) };
    });
    const reason = reasonOf(amounts, { id: proposalId, customer });
    await this.inbox.open(tx, { orgId, subject, code, reason, paymentId, proposalId, customerId });
  }
}
