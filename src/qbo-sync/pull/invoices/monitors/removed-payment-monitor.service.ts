import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { paymentRemoved } from '../../../../messages/inbox-reasons.js';
import { removedSubjectOf } from '../../../../payments/ledger/payment-subjects.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { Changed, QboPayment } from '../../../api/model/qbo-objects.js';
import { RemovedPaymentsRepository } from './removed-payments.repository.js';
import { StrayReceiptsService } from './stray-receipts.service.js';

const EVER = new Date(0);

/**
 * Reports payments that were recorded from here and that somebody deleted or voided in QuickBooks while their money is
 * with us: the books lack it, and the customer seems to owe what they have paid. What a person has decided about that
 * holds, however often QuickBooks tells the same.
 */
@Injectable()
export class RemovedPaymentMonitorService {
  constructor(
    private readonly payments: RemovedPaymentsRepository,
    private readonly strayReceipts: StrayReceiptsService,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction. */
  async report(
    tx: EntityManager,
    company: QboCompany,
    changes: readonly Changed<QboPayment>[],
  ): Promise<void> {
    const removed = new Map(
      changes.flatMap((change): [string, 'deleted' | 'voided'][] => {
        if (change.deleted) return [[change.id, 'deleted']];
        return change.object.totalCents === 0 ? [[change.id, 'voided']] : [];
      }),
    );
    const documents = changes.map(({ id }) => ({ id, isGone: removed.has(id) }));
    const changed = new Set(await this.payments.keep(tx, company, 'payment.create', documents));
    for (const paymentId of changed) await this.strayReceipts.review(tx, company.orgId, paymentId);
    for (const payment of await this.payments.listRecorded(tx, company, [...removed.keys()])) {
      if (payment.netCents === 0) continue;
      const { paymentId, proposalId, customerId, customer, amountCents, currency } = payment;
      const subject = removedSubjectOf(paymentId);
      const isOld = !changed.has(paymentId);
      if (isOld && (await this.inbox.decisionSince(tx, company.orgId, subject, EVER)) !== null) continue;
      await this.inbox.open(tx, {
        orgId: company.orgId,
        subject,
        code: 'payment_removed',
        reason: paymentRemoved(
          { cents: amountCents, currency },
          { id: proposalId, customer },
          removed.get(payment.qboPaymentId)!,
        ),
        paymentId,
        proposalId,
        customerId,
      });
    }
  }
}
