import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { ActivityRepository } from '../../proposals/activity.repository.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import { QboClient } from '../api/qbo.client.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import type { QboInvoice, QboPayment } from '../api/model/qbo-objects.js';
import { ConnectionService } from '../connection/connection.service.js';
import { paymentDraftOf } from '../push/payments/payment-draft.js';
import { PrerequisitesService } from '../push/payments/prerequisites.service.js';
import { PaymentOperationHandlerService } from '../push/payments/payment-operation-handler.service.js';
import { PaymentPushService } from '../push/payments/payment-push.service.js';
import { InvoiceRefreshService } from '../pull/invoices/invoice-refresh.service.js';
import { RemovedPaymentsRepository } from '../pull/invoices/monitors/removed-payments.repository.js';
import type { PaymentToRecord } from '../operations/operation-payloads.js';
import { OperationTriesRepository } from '../operations/operation-tries.repository.js';
import { OperationsRepository } from '../operations/operations.repository.js';
import { retryAnswer } from '../operations/retry-answer.js';
import { goesOnByItself, ManualMatchService } from './manual-match.service.js';
import { paymentMismatch } from './match-check.js';
import { RetryBoundService } from './retry-bound.service.js';

const WAITS_FOR_INVOICE = 'It waits for its invoice.';

/**
 * What a person can do about a deposit that is not in the books: have it tried again, or name the payment typed in by
 * hand; and about one that somebody removed from the books, name the one that was entered in its place.
 */
@Injectable()
export class PaymentResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly prerequisites: PrerequisitesService,
    private readonly retryBound: RetryBoundService,
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly payments: PaymentPushService,
    private readonly handlers: PaymentOperationHandlerService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly removed: RemovedPaymentsRepository,
    private readonly activity: ActivityRepository,
    private readonly manualMatch: ManualMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('payment.create', this);
    const adopt: ResolutionHandler['adopt'] = (orgId, id, found, also) =>
      this.replace(orgId, id, found, also);
    this.resolutions.register('payment.removed', { takes: 'payment', adopt });
    this.resolutions.register('refund.without_payment', {
      takes: 'payment',
      adopt,
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.removed.takeReceiptsOut(tx, orgId, Number(id));
      },
    });
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    await this.payments.push(orgId, Number(id), { insist: true });
    const newest = await this.operations.findNewest('payment.create', orgId, Number(id));
    if (!newest) return WAITS_FOR_INVOICE;
    return retryAnswer([await this.operations.look(newest)], WAITS_FOR_INVOICE);
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const [newest] = await this.manualMatch.triesAt('payment.create', orgId, Number(id));
    const { fact } = newest.payload;
    const { invoice, payment } = await this.found(company, fact, found);
    await this.dataSource.transaction(async (tx) => {
      await this.take(tx, company, fact, payment);
      const draft = paymentDraftOf(fact, newest.requestId, invoice, payment.exchangeRate);
      const adopted = await this.manualMatch.finish(tx, company, newest, {
        id: payment.id,
        payload: { fact, draft },
      });
      await this.handlers.onRecorded(tx, adopted, payment);
      await also(tx);
    });
    await this.apply(company, invoice, payment);
  }

  /** The payment that a person entered in place of one that was deleted or voided in QuickBooks. */
  private async replace(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const removed = await this.operations.findNewest('payment.create', orgId, Number(id));
    if (removed?.state !== 'done' || removed.realmId !== company.realmId) throw goesOnByItself();
    const { fact } = removed.payload;
    const { invoice, payment } = await this.found(company, fact, found);
    await this.dataSource.transaction(async (tx) => {
      await this.take(tx, company, fact, payment);
      await this.tries.replaceDocument(tx, removed, payment.id);
      await this.activity.log(tx, {
        orgId,
        proposalId: fact.proposalId,
        event: 'payment_recorded',
        occurrence: `${id}#${payment.id}`,
        meta: { qbo_payment_id: payment.id, payment_id: fact.paymentId, amount_cents: payment.totalCents },
      });
      await this.prerequisites.met(tx, orgId, fact.proposalId, fact.paymentId);
      await also(tx);
    });
    await this.apply(company, invoice, payment);
  }

  /** What a person found, and the invoice it is on. Throws a conflict where it is not plausible. */
  private async found(
    company: QboCompany,
    fact: PaymentToRecord,
    found: FoundDocument,
  ): Promise<{ invoice: QboInvoice; payment: QboPayment }> {
    const invoice = await this.invoiceOf(company, fact);
    const payment = await this.manualMatch.read(company, found, () =>
      this.client.payments.get(company, found.id),
    );
    const { amountCents, currency } = fact;
    const wanted = { qboCustomerId: invoice.customerId, qboInvoiceId: invoice.id, amountCents, currency };
    this.manualMatch.assertMatches(paymentMismatch(payment, wanted));
    return { invoice, payment };
  }

  /** Throws a conflict where it stands for another payment already; nobody else can tie it until the end. */
  private async take(
    tx: EntityManager,
    company: QboCompany,
    { orgId, proposalId }: PaymentToRecord,
    { id }: QboPayment,
  ): Promise<void> {
    await this.proposals.getForUpdate(tx, orgId, proposalId);
    if (!(await this.tries.isTaken(tx, company, 'payment.create', id))) return;
    throw new DomainError('conflict', 'document_taken', `Payment ${id} stands for another deposit already.`);
  }

  private async apply(company: QboCompany, invoice: QboInvoice, payment: QboPayment): Promise<void> {
    await this.refresh.apply(company, [await this.refresh.snapshot(company, invoice.id)], {
      brought: [{ id: payment.id, deleted: false, object: payment }],
    });
  }

  /** The invoice that was paid, as QuickBooks has it. */
  private async invoiceOf(
    company: QboCompany,
    { orgId, proposalId, paymentId }: PaymentToRecord,
  ): Promise<QboInvoice> {
    const { kind, sequence } = await this.prerequisites.keyOf(orgId, paymentId);
    const { manager } = this.dataSource;
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    if (invoice?.qboInvoiceId && (invoice.qboRealmId ?? company.realmId) === company.realmId) {
      const snapshot = await this.refresh.snapshot(company, invoice.qboInvoiceId);
      if (!snapshot.deleted) return snapshot.invoice;
    }
    throw new DomainError(
      'conflict',
      'invoice_missing',
      `Proposal ${proposalId} has no invoice in QuickBooks that the payment could be on.`,
    );
  }
}
