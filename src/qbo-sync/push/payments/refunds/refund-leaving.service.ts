import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { LedgerRepository } from '../../../../payments/ledger/ledger.repository.js';
import { PaymentsRepository } from '../../../../payments/ledger/payments.repository.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { type OutboundOperation, subjectOf } from '../../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { RefundInboxService } from './refund-inbox.service.js';
import type { OutboundRefund } from './refund-step.js';
import { RefundStepsRepository } from './refund-steps.repository.js';
import { RemovedPaymentService } from '../removed-payment.service.js';

/** Leaves refunds out of the books where their payment is in none, and nothing of it is with us any more. */
@Injectable()
export class RefundLeavingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
    private readonly payments: PaymentsRepository,
    private readonly ledger: LedgerRepository,
    private readonly removed: RemovedPaymentService,
    private readonly steps: RefundStepsRepository,
    private readonly items: RefundInboxService,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * True where the payment is certainly in no books, and nothing of it is with us any more: then its refund belongs
   * into none either. Who has resolved the question about it may have entered it by hand.
   */
  async leaveWithRefused(step: OutboundRefund): Promise<boolean> {
    const newest = await this.operations.findNewest('payment.create', step.orgId, step.entityId);
    if (newest?.state !== 'refused' || !(await this.isAllBack(step))) return false;
    const subject = subjectOf(newest);
    const { manager } = this.dataSource;
    if (await this.inbox.wasResolved(manager, step.orgId, subject)) return false;
    await this.leave(step, subject);
    return true;
  }

  /**
   * True where the payment, which is gone from QuickBooks, is all back and no money that we did not record is on its
   * invoice: then neither belongs into the books. Else a person knows whether it was entered again.
   */
  async leaveWithRemoved(
    company: QboCompany,
    step: OutboundRefund,
    payment: OutboundOperation<'payment.create'>,
  ): Promise<boolean> {
    await this.removed.keep(company, payment);
    if (!(await this.removed.wasOursAlone(company, payment)) || !(await this.isAllBack(step))) return false;
    await this.leave(step);
    return true;
  }

  /** True where nothing of the payment is with us any more, whether it was refunded or the bank took it. */
  async isAllBack({ orgId, entityId }: Pick<OutboundOperation, 'orgId' | 'entityId'>): Promise<boolean> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, entityId);
    return payment !== null && (await this.ledger.entryOf(manager, payment)).balance.netCents === 0;
  }

  /**
   * Keeps it out of the books as its payment is, and with it what was refused of the other refunds of the payment; they
   * are taken up where that is recorded after all. Closes what was asked about them, and the item of `subject`. One of
   * which nobody knows whether it is in the books is still asked about.
   */
  private async leave(step: OutboundRefund, subject?: string): Promise<void> {
    const { orgId, entityId } = step;
    const failure = { kind: 'payment_missing', message: 'Its payment is not in the books either.' } as const;
    await this.dataSource.transaction(async (tx) => {
      // In the order in which all of them are locked elsewhere, and not its own first.
      await this.steps.lock(tx, orgId, entityId);
      if (!(await this.operations.defer(tx, step, 'refused', failure, this.clock.now()))) return;
      await this.steps.leaveRefused(tx, orgId, entityId, failure);
      if (subject !== undefined) await this.inbox.resolveSubject(tx, orgId, subject);
      if (!(await this.items.askOthers(tx, step)))
        await this.inbox.resolveSubject(tx, orgId, subjectOf(step));
    });
  }
}
