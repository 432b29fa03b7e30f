import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { paymentRemoved } from '../../../../../messages/reasons/payment-reasons.js';
import { removedSubjectOf } from '../../../../../payments/ledger/payment-subjects.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { Changed, QboPayment } from '../../../../api/model/qbo-objects.js';
import { goneOrThere } from '../gone-or-there.js';
import { type RecordedPayment, RemovedPaymentsRepository } from './removed-payments.repository.js';
import { StrayReceiptsService } from './stray-receipts.service.js';

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
    const documents = changes.map(goneOrThere);
    const changed = new Set(await this.payments.keep(tx, company, 'payment.create', documents));
    for (const paymentId of changed) await this.strayReceipts.review(tx, company.orgId, paymentId);
    const concerned = changed.size > 0 ? changes.map(({ id }) => id) : [...removed.keys()];
    for (const payment of await this.payments.listRecorded(tx, company, concerned)) {
      const how = removed.get(payment.qboPaymentId);
      if (how === undefined) await this.closeStanding(tx, company, payment, changed);
      else await this.ask(tx, company, payment, { how, isChange: changed.has(payment.paymentId) });
    }
  }

  /**
   * Asks about one that is gone where money of it is with us again, as a refund failed or a dispute was won: nobody was
   * asked as it was taken off, or that is closed. Part of the caller's transaction.
   */
  async review(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    const payment = await this.payments.findRemoved(tx, orgId, paymentId);
    if (payment && !(await this.inbox.hasOpen(tx, orgId, removedSubjectOf(paymentId))))
      await this.ask(tx, { orgId }, payment, { how: 'deleted or voided', isChange: false });
  }

  /** One that was voided, and has its sum again, is there. */
  private async closeStanding(
    tx: EntityManager,
    { orgId }: QboCompany,
    { paymentId }: RecordedPayment,
    changed: ReadonlySet<number>,
  ): Promise<void> {
    if (changed.has(paymentId)) await this.inbox.resolveSubject(tx, orgId, removedSubjectOf(paymentId));
  }

  private async ask(
    tx: EntityManager,
    { orgId }: Pick<QboCompany, 'orgId'>,
    { paymentId, proposalId, customerId, customer, amountCents, currency, netCents }: RecordedPayment,
    { how, isChange }: { how: Parameters<typeof paymentRemoved>[2]; isChange: boolean },
  ): Promise<void> {
    if (netCents === 0) return;
    const subject = removedSubjectOf(paymentId);
    if (!isChange && (await this.inbox.lastDecision(tx, orgId, subject)) !== null) return;
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'payment_removed',
      reason: paymentRemoved({ cents: amountCents, currency }, { id: proposalId, customer }, how),
      paymentId,
      proposalId,
      customerId,
    });
  }
}
