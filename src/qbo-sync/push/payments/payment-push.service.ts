import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { paymentUnapplied } from '../../../messages/inbox-reasons.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { MoneyDocumentsRepository } from '../../pull/invoices/monitors/money-documents.repository.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { BlockedOperationsService } from '../../operations/blocked-operations.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { ForgottenDocumentsService } from '../../operations/forgotten-documents.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { PaymentLookupService } from './payment-lookup.service.js';
import { PaymentPreparationService } from './payment-preparation.service.js';
import { paymentOperationTitle } from './payment-operation-title.js';
import { PrerequisitesService } from './prerequisites.service.js';

/**
 * Puts what was paid at Stripe into the books, as a payment on the invoice it was paid for. Promise: once, whatever is
 * repeated; not before there is an invoice; and never on top of an invoice that somebody has settled by hand.
 */
@Injectable()
export class PaymentPushService {
  private readonly logger = new Logger(PaymentPushService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly preparation: PaymentPreparationService,
    private readonly lookup: PaymentLookupService,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly prerequisites: PrerequisitesService,
    private readonly documents: MoneyDocumentsRepository,
    private readonly inbox: InboxRepository,
    private readonly activity: ActivityRepository,
  ) {}

  /**
   * Goes on with a payment. `insist` says that a person wants it recorded although the invoice is settled already: the
   * customer then has a credit.
   */
  async push(orgId: number, paymentId: number, { insist = false } = {}): Promise<void> {
    const newest = await this.operations.findNewest('payment.create', orgId, paymentId);
    if (!newest || newest.state === 'done') return;
    const company = await this.connections.companyOfParked(orgId);
    if (!company || (newest.realmId ?? company.realmId) !== company.realmId) return;
    const operation = insist && isClosed(newest) ? await this.retryFrom(newest) : newest;
    try {
      const prepared =
        operation.state === 'waiting'
          ? await this.preparation.prepare(company, operation, insist)
          : operation;
      if (prepared) await this.send(company, prepared, insist);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      await this.blocked.defer(operation, paymentOperationTitle(operation), error);
      this.logger.warn({ err: error, orgId, paymentId }, 'The payment is not in the books yet');
    }
  }

  /** A new generation of an operation that was refused or handed to a person. */
  private async retryFrom(
    operation: OutboundOperation<'payment.create'>,
  ): Promise<OutboundOperation<'payment.create'>> {
    const { fact } = operation.payload;
    const { orgId, kind, entityId, proposalId } = operation;
    return this.dataSource.transaction((tx) =>
      this.operations.insertOnce(tx, {
        orgId,
        kind,
        entityId,
        proposalId: proposalId ?? undefined,
        realmId: null,
        state: 'waiting',
        generation: operation.generation + 1,
        requestId: `pay-${randomUUID()}`,
        payload: { fact },
      }),
    );
  }

  private async send(
    company: QboCompany,
    operation: OutboundOperation<'payment.create'>,
    waits: boolean,
  ): Promise<void> {
    const { orgId, proposalId, paidOn } = operation.payload.fact;
    const isRestored = await this.forgotten.mayExist(orgId, proposalId, paidOn);
    const handler = this.handler(company, operation, isRestored);
    const outcome = await this.runner.run(operation, handler, { waits });
    const { draft } = operation.payload;
    if (outcome.kind !== 'done' || !draft) return;
    const { made } = outcome;
    await this.refresh.apply(company, [await this.refresh.snapshot(company, draft.invoiceId)], {
      brought: [{ id: made.id, deleted: false, object: made }],
    });
  }

  private handler(
    company: QboCompany,
    operation: OutboundOperation<'payment.create'>,
    isRestored: boolean,
  ): OperationHandler<'payment.create', QboPayment> {
    return {
      subject: paymentOperationTitle(operation),
      // A person asks for it again after an answer was lost: what an earlier try made may be there by now.
      looksFirst: operation.generation > 1 || isRestored,
      find: (sent) => this.lookup.find(company, sent),
      execute: ({ requestId, payload: { draft } }) => this.client.payments.create(company, draft, requestId),
      onSucceeded: (tx, payment) => this.onRecorded(tx, operation, payment),
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
    if (payment.unappliedCents === 0 && payment.totalCents === fact.amountCents) return;
    const customer = await this.operations.customerName(tx, operation);
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
}

function isClosed({ state }: OutboundOperation): boolean {
  return state === 'refused' || state === 'needs_person';
}
