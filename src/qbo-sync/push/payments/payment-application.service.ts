import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ActivityRepository } from '../../../proposals/activity/activity.repository.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { foundOrNull } from '../../api/errors/qbo-error.js';
import type { QboInvoice, QboPayment } from '../../api/model/qbo-objects.js';
import type { OutboundOperation } from '../../operations/rows/operation.entity.js';
import { BlockedOperationsService } from '../../operations/questions/blocked-operations.service.js';
import { OperationAttemptsRepository } from '../../operations/rows/operation-attempts.repository.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationPushService } from '../../operations/operation-push.service.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { applicationOf } from './payment-application.js';
import { PrerequisitesService } from './prerequisites.service.js';
import { RefundLeavingService } from './refunds/refund-leaving.service.js';

type Application = OutboundOperation<'payment.apply'>;

/** Read anew because somebody was faster, a payment is put on its invoice so often at most; then a person decides. */
const ATTEMPTS_MAX = 5;

/**
 * Puts a payment of ours that is in QuickBooks on the invoice that was made in place of the one it was on. Promise:
 * only what is free of it, and only what is open there; nothing of one that is all back with the customer; what a
 * bookkeeper did with it meanwhile stands.
 */
@Injectable()
export class PaymentApplicationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
    private readonly attempts: OperationAttemptsRepository,
    private readonly pushes: OperationPushService,
    private readonly blocked: BlockedOperationsService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly prerequisites: PrerequisitesService,
    private readonly leaving: RefundLeavingService,
    private readonly activity: ActivityRepository,
  ) {}

  /** Goes on with the newest application of a payment. `insist` says that a person wants a refused one tried again. */
  async push(orgId: number, paymentId: number, { insist = false } = {}): Promise<void> {
    const newest = await this.operations.findNewest('payment.apply', orgId, paymentId);
    if (!newest || newest.state === 'done') return;
    const company = await this.pushes.companyFor(newest);
    if (!company) return;
    if (insist) await this.operations.reopen(newest);
    await this.pushes.push(newest, {
      title: subjectOf(newest),
      prepare: (operation) => this.prepare(company, operation),
      handler: (prepared) => this.handler(company, prepared),
      onDone: (made, prepared) => this.onDone(company, prepared, made),
      waits: insist,
      unfinished: 'The payment is not on the new invoice yet',
      about: { paymentId },
    });
  }

  /** The request, from what payment and invoice are at this moment; null where there is nothing to apply. */
  private async prepare(company: QboCompany, operation: Application): Promise<Application | null> {
    if (operation.state !== 'waiting') return operation;
    const { paymentId, invoiceId } = operation.payload;
    if (await this.leaving.isAllBack(operation))
      return this.leave(operation, 'Nothing of it is with us any more.');
    // Where somebody deleted it a person is asked about that.
    const payment = await foundOrNull(this.client.payments.get(company, paymentId));
    if (!payment) return this.leave(operation, 'It is not in QuickBooks any more.');
    const snapshot = await this.refresh.snapshot(company, invoiceId);
    const invoice = snapshot.deleted ? null : snapshot.invoice;
    const application = invoice && applicationOf(payment, invoice);
    if (application) {
      return this.operations.prepare(operation, company.realmId, { paymentId, invoiceId, application });
    }
    if (invoice && isOn(payment, invoiceId)) {
      // QuickBooks or a bookkeeper was first.
      await this.dataSource.transaction(async (tx) => {
        await this.attempts.lockProposal(tx, operation);
        await this.attempts.close(tx, operation, payment.id);
        await this.takeUpRefunds(tx, operation);
      });
      await this.applied(company, invoice, payment);
      return null;
    }
    return this.leave(operation, 'Nothing of the payment is free, or nothing is open.');
  }

  private async leave(operation: Application, why: string): Promise<null> {
    await this.blocked.cancel(operation, why);
    return null;
  }

  private async onDone(company: QboCompany, operation: Application, made: QboPayment): Promise<void> {
    const snapshot = await this.refresh.snapshot(company, operation.payload.invoiceId);
    if (!snapshot.deleted) await this.applied(company, snapshot.invoice, made);
  }

  private handler(
    company: QboCompany,
    operation: Application,
  ): OperationHandler<'payment.apply', QboPayment> {
    return {
      subject: subjectOf(operation),
      versioned: true,
      anewAfter: ({ kind }, { attempts, payload: { paymentId, invoiceId } }) =>
        kind === 'stale' && attempts < ATTEMPTS_MAX ? { paymentId, invoiceId } : null,
      find: async ({ payload: { paymentId, invoiceId } }) => {
        const payment = await this.client.payments.get(company, paymentId);
        return isOn(payment, invoiceId) ? payment : null;
      },
      execute: ({ payload: { application }, requestId }) =>
        this.client.payments.apply(company, application, requestId),
      onSucceeded: async (tx, payment) => {
        await this.log(tx, operation, payment);
        await this.takeUpRefunds(tx, operation);
      },
    };
  }

  private async log(tx: EntityManager, operation: Application, payment: QboPayment): Promise<void> {
    const { orgId, proposalId, entityId, generation, payload } = operation;
    const { amountCents } = payment.applications.find((one) => one.invoiceId === payload.invoiceId) ?? {};
    await this.activity.log(tx, {
      orgId,
      proposalId,
      event: 'payment_applied',
      occurrence: `${entityId}#${generation}`,
      meta: {
        qbo_payment_id: payment.id,
        qbo_invoice_id: payload.invoiceId,
        payment_id: entityId,
        amount_cents: amountCents ?? 0,
      },
    });
  }

  private async applied(company: QboCompany, invoice: QboInvoice, payment: QboPayment): Promise<void> {
    await this.refresh.apply(company, [{ invoiceId: invoice.id, deleted: false, invoice }], {
      brought: [{ id: payment.id, deleted: false, object: payment }],
    });
  }

  /** What is refunded of it is off that invoice: nobody comes back to it once the application is done. */
  private async takeUpRefunds(
    tx: EntityManager,
    { orgId, proposalId, entityId }: Pick<Application, 'orgId' | 'proposalId' | 'entityId'>,
  ): Promise<void> {
    if (proposalId !== null) await this.prerequisites.met(tx, orgId, proposalId, entityId);
  }
}

function isOn({ applications }: QboPayment, invoiceId: string): boolean {
  return applications.some((one) => one.invoiceId === invoiceId && one.amountCents > 0);
}

function subjectOf({ payload, proposalId }: Application): string {
  return `Payment ${payload.paymentId} on the new invoice of proposal ${proposalId}`;
}
