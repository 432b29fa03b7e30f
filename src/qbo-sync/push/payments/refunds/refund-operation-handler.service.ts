import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { ActivityRepository } from '../../../../proposals/activity/activity.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboRefund } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import type { OperationHandler } from '../../../operations/operation-handler.js';
import type { PreparedOperation } from '../../../operations/rows/operation.entity.js';
import { SyncCursorsRepository } from '../../../pull/change-feed/sync-cursors.repository.js';
import { MoneyDocumentsRepository } from '../../../pull/invoices/monitors/money/money-documents.repository.js';
import {
  bookedOf,
  refundTotalReason,
  subjectOfRefundTotal,
} from '../../../pull/invoices/payments/refund-total.js';
import { RefundTotalsRepository } from '../../../pull/invoices/payments/refund-totals.repository.js';
import { RefundInboxService } from './refund-inbox.service.js';
import { RefundLookupService } from './refund-lookup.service.js';
import { heldItemOf, type OutboundRefund } from './refund-step.js';
import { RefundStepsRepository } from './refund-steps.repository.js';

/** How a refund goes to QuickBooks, and what is written down once it is there. */
@Injectable()
export class RefundOperationHandlerService {
  constructor(
    private readonly client: QboClient,
    private readonly lookup: RefundLookupService,
    private readonly items: RefundInboxService,
    private readonly activity: ActivityRepository,
    private readonly documents: MoneyDocumentsRepository,
    private readonly totals: RefundTotalsRepository,
    private readonly steps: RefundStepsRepository,
    private readonly cursors: SyncCursorsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  async of(
    company: QboCompany,
    operation: OutboundRefund,
    title: string,
  ): Promise<OperationHandler<'refund.create', QboRefund>> {
    const isRestored = await this.lookup.mayBeForgotten(operation);
    return {
      subject: title,
      // A database that was restored from a backup has forgotten what was sent after it, and hears of the refund again;
      // and a person asks for it again after an answer was lost.
      looksFirst: isRestored || operation.attempts > 0,
      // One that was put off may have failed at Stripe since: only what is blocked is lowered, or ended, by that.
      outdated: async ({ orgId, entityId, payload: { draft: _draft, ...blocked } }) =>
        (await this.steps.areTooMuch(orgId, entityId)) ? blocked : null,
      find: (sent) => this.lookup.find(company, sent),
      execute: ({ requestId, payload: { draft } }) => this.client.refunds.create(company, draft, requestId),
      askOthers: (tx) => this.items.askOthers(tx, operation),
      onSucceeded: async (tx, refund, sent) => {
        await this.onRecorded(tx, operation, refund, sent.payload);
        // As of a payment.
        await this.cursors.lookBackTo(tx, company, refund.enteredAt);
      },
    };
  }

  private async onRecorded(
    tx: EntityManager,
    operation: OutboundRefund,
    refund: QboRefund,
    payload: PreparedOperation<'refund.create'>['payload'],
  ): Promise<void> {
    const { orgId, proposalId, entityId } = operation;
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: 'refund_recorded',
      occurrence: `${entityId}#${operation.generation}`,
      meta: { qbo_refund_id: refund.id, payment_id: entityId, amount_cents: payload.amountCents },
    });
    const { customerId, totalCents: cents } = refund;
    await this.documents.keepFound(tx, operation, { sentTo: payload.draft.customerId, customerId });
    if (cents === payload.amountCents)
      return this.totals.keepBooked(tx, operation, bookedOf(refund, heldItemOf(payload)));
    await this.totals.keepOver(tx, operation, refund.totalCents - payload.amountCents);
    const sent = { ...payload.fact, cents: payload.amountCents };
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfRefundTotal(operation.id),
      code: 'total_differs',
      reason: refundTotalReason(sent, refund.totalCents),
      proposalId,
    });
  }
}
