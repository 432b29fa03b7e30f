import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { refundWithoutPayment } from '../../../messages/inbox-reasons.js';
import { withoutPaymentSubjectOf } from '../../../payments/ledger/payment-subjects.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Changed, QboRefund } from '../../api/model/qbo-objects.js';
import { RemovedPaymentsRepository } from './removed-payments.repository.js';

/**
 * Reports refund receipts whose payment was deleted or voided in QuickBooks, where nothing of it is with us: the books
 * have money going out that never came in there. While some is with us the question is that of the payment. The item
 * closes by itself once the receipts are gone too, or the payment is there again. Part of the caller's transaction.
 */
@Injectable()
export class StrayReceiptsService {
  constructor(
    private readonly payments: RemovedPaymentsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Keeps which receipts are gone from QuickBooks. */
  async follow(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly Changed<QboRefund>[],
  ): Promise<void> {
    const news = changes.map((one) => ({ id: one.id, isGone: one.deleted || one.object.totalCents === 0 }));
    for (const paymentId of await this.payments.keep(tx, company, 'refund.create', news))
      await this.review(tx, company.orgId, paymentId);
  }

  /** What a person dismissed is asked again where the payment is removed once more. */
  async review(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const subject = withoutPaymentSubjectOf(paymentId);
    const stray = await this.payments.strayReceipts(tx, orgId, paymentId);
    if (!stray) return this.inbox.resolveSubject(tx, orgId, subject);
    const { ids, cents, currency, proposalId, customerId, customer, since } = stray;
    if ((await this.inbox.decisionSince(tx, orgId, subject, since)) !== null) return;
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'refund_without_payment',
      reason: refundWithoutPayment({ cents, currency }, ids, { id: proposalId, customer }),
      paymentId,
      proposalId,
      customerId,
    });
  }
}
