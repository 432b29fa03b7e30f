import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { paymentOnOtherInvoice, paymentUnapplied } from '../../../messages/reasons/payment-reasons.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { otherInvoiceSubjectOf } from '../../../payments/ledger/payment-subjects.js';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import { ProposalCustomersRepository } from '../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { ForgottenDocumentsService } from '../../operations/questions/forgotten-documents.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { SyncCursorsRepository } from '../../pull/change-feed/sync-cursors.repository.js';
import { MoneyDocumentsRepository } from '../../pull/invoices/monitors/money/money-documents.repository.js';
import { PaymentLookupService } from './payment-lookup.service.js';
import { paymentOperationTitle } from './payment-operation-title.js';
import { PaymentPreparationService } from './payment-preparation.service.js';
import { PrerequisitesService } from './prerequisites.service.js';

/** How a payment goes to QuickBooks, and what is written down once it is there. */
@Injectable()
export class PaymentOperationHandlerService {
  constructor(
    private readonly client: QboClient,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly lookup: PaymentLookupService,
    private readonly preparation: PaymentPreparationService,
    private readonly invoices: InvoicesRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly prerequisites: PrerequisitesService,
    private readonly cursors: SyncCursorsRepository,
    private readonly documents: MoneyDocumentsRepository,
    private readonly inbox: InboxRepository,
    private readonly activity: ActivityRepository,
  ) {}

  async of(
    company: QboCompany,
    operation: OutboundOperation<'payment.create'>,
  ): Promise<OperationHandler<'payment.create', QboPayment>> {
    const { orgId, proposalId, paidOn } = operation.payload.fact;
    const isRestored = await this.forgotten.mayExist(orgId, proposalId, paidOn);
    return {
      subject: paymentOperationTitle(operation),
      // A person asks for it again after an answer was lost: what an earlier try made may be there by now.
      looksFirst: operation.generation > 1 || isRestored,
      outdated: (ready) => this.preparation.outdated(company, ready),
      find: (sent) => this.lookup.find(company, sent),
      execute: ({ requestId, payload: { draft } }) => this.client.payments.create(company, draft, requestId),
      onSucceeded: async (tx, payment) => {
        await this.onRecorded(tx, operation, payment);
        // Asked again, QuickBooks answers what it answered at first, also of what was deleted since.
        await this.cursors.lookBackTo(tx, company, payment.enteredAt);
      },
    };
  }

  /** Writes down what came of it, in the transaction that closes the operation. */
  async onRecorded(
    tx: EntityManager,
    operation: OutboundOperation<'payment.create'>,
    payment: QboPayment,
  ): Promise<void> {
    const { orgId, proposalId, entityId } = operation;
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: 'payment_recorded',
      occurrence: `${entityId}#${operation.generation}`,
      meta: { qbo_payment_id: payment.id, payment_id: entityId, amount_cents: payment.totalCents },
    });
    if (proposalId !== null) await this.prerequisites.met(tx, orgId, proposalId, entityId);
    const { fact, draft } = operation.payload;
    const { customerId } = payment;
    await this.documents.keepFound(tx, operation, { sentTo: draft?.customerId, customerId });
    await this.askWhereLinkMoved(tx, operation);
    if (payment.unappliedCents === 0 && payment.totalCents === fact.amountCents) return;
    const customer = await this.customers.nameOf(tx, operation);
    await this.inbox.open(tx, {
      orgId,
      subject: `payment.unapplied:${entityId}`,
      code: 'payment_unapplied',
      reason: paymentUnapplied(paymentOperationTitle(operation), customer, {
        cents: payment.totalCents - payment.unappliedCents,
        currency: fact.currency,
      }),
      proposalId,
    });
  }

  /** It was on its way to an invoice that is linked to the proposal no more: a person says which of the two it pays. */
  private async askWhereLinkMoved(
    tx: EntityManager,
    operation: OutboundOperation<'payment.create'>,
  ): Promise<void> {
    const { orgId, proposalId, entityId: paymentId, payload } = operation;
    if (proposalId === null || !payload.draft) return;
    const { invoiceId } = payload.draft;
    const linked = await this.invoices.listMade(tx, orgId, [proposalId]);
    if (linked.some(({ qboInvoiceId }) => qboInvoiceId === invoiceId)) return;
    const linkedId = await this.prerequisites.linkedInvoiceId(tx, orgId, paymentId);
    const customer = await this.customers.nameOf(tx, operation);
    await this.inbox.open(tx, {
      orgId,
      subject: otherInvoiceSubjectOf(paymentId, linkedId ?? undefined),
      code: 'payment_on_other_invoice',
      reason: paymentOnOtherInvoice(paymentOperationTitle(operation), customer, invoiceId),
      proposalId,
      paymentId,
    });
  }
}
