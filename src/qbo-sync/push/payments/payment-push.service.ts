import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { forCustomer, paymentUnapplied } from '../../../messages/inbox-reasons.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { notOwedSubjectOf } from '../../../payments/ledger/payment-subjects.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { type OutboundOperation, subjectOf } from '../../operations/operation.entity.js';
import { BlockedOperationsService } from '../../operations/blocked-operations.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { ForgottenDocumentsService } from '../../operations/forgotten-documents.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { moneyText } from '../../../messages/format.js';
import { paymentDraftOf } from './payment-draft.js';
import { PaymentLookupService } from './payment-lookup.service.js';
import { isOverpayment, openTooLittle } from './overpayment.js';
import { PrerequisitesService } from './prerequisites.service.js';
import { PaymentRateService } from './payment-rate.service.js';

const WAIT_FOR_SETTLEMENT_MS = 15_000;
const WAIT_FOR_INVOICE_MS = 10 * 60_000;

/**
 * Puts what was paid at Stripe into the books, as a payment on the invoice it was paid for. Promise: once, whatever is
 * repeated; not before there is an invoice; and never on top of an invoice that somebody has settled by hand.
 */
@Injectable()
export class PaymentPushService {
  private readonly logger = new Logger(PaymentPushService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly jobs: JobsService,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly lookup: PaymentLookupService,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly rates: PaymentRateService,
    private readonly prerequisites: PrerequisitesService,
    private readonly inbox: InboxRepository,
    private readonly activity: ActivityRepository,
    private readonly clock: Clock,
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
        operation.state === 'waiting' ? await this.prepare(company, operation, insist) : operation;
      if (prepared) await this.send(company, prepared);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      await this.blocked.defer(operation, titleOf(operation), error);
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

  /** The body, once the invoice is there and open; null while the payment has to wait, for it or for a person. */
  private async prepare(
    company: QboCompany,
    operation: OutboundOperation<'payment.create'>,
    insist: boolean,
  ): Promise<OutboundOperation<'payment.create'> | null> {
    const { fact } = operation.payload;
    const invoiceId = await this.awaitInvoice(operation);
    if (invoiceId === null) return null;
    const snapshot = await this.refresh.snapshot(company, invoiceId);
    await this.refresh.apply(company, [snapshot]);
    if (snapshot.deleted || snapshot.invoice.totalCents === 0) {
      return this.askPerson(operation, 'invoice_gone', 'its invoice is no longer there');
    }
    const isTooMuch = isOverpayment(fact.amountCents, snapshot.invoice) && !insist;
    if (isTooMuch && !(await this.lookup.isForgotten(company, fact, snapshot.invoice))) {
      return this.askPerson(
        operation,
        'invoice_settled_already',
        openTooLittle(snapshot.invoice, fact.currency),
      );
    }
    const known = await this.rates.rateOf(company, fact, operation.createdAt);
    if (known === 'wait') return this.awaitSettlement(operation);
    const draft = paymentDraftOf(fact, operation.requestId, snapshot.invoice, known.rate);
    return this.operations.prepare(operation, company.realmId, { fact, draft });
  }

  private async awaitSettlement(operation: OutboundOperation<'payment.create'>): Promise<null> {
    const until = new Date(this.clock.now().getTime() + WAIT_FOR_SETTLEMENT_MS);
    await this.operationJobs.waitUntil(operation, until, async () => false);
    return null;
  }

  /** The invoice that was paid; null where there is none yet and the payment waits for it. */
  private async awaitInvoice(operation: OutboundOperation<'payment.create'>): Promise<string | null> {
    const { fact } = operation.payload;
    const key = await this.prerequisites.keyOf(fact.orgId, fact.paymentId);
    const invoiceId = async (tx: EntityManager): Promise<string | null> => {
      const { orgId, proposalId } = fact;
      const invoice = await this.invoices.findNewest(tx, orgId, proposalId, key.kind, key.sequence);
      return invoice?.qboInvoiceId ?? null;
    };
    const known = await invoiceId(this.dataSource.manager);
    if (known !== null) return known;
    if (await this.prerequisites.isInvoiceGivenUp(fact.orgId, fact.proposalId, key)) {
      return this.askPerson(operation, 'invoice_missing', 'its proposal has no invoice in QuickBooks');
    }
    const until = new Date(this.clock.now().getTime() + WAIT_FOR_INVOICE_MS);
    const waits = await this.operationJobs.waitUntil(
      operation,
      until,
      async (tx) => (await invoiceId(tx)) !== null,
    );
    if (!waits) return invoiceId(this.dataSource.manager);
    // Its job was enqueued with the payment's; where that was lost, this one makes the invoice.
    const { orgId, proposalId } = fact;
    await this.jobs.enqueue(this.dataSource.manager, 'qbo.invoice.create', { orgId, proposalId });
    return null;
  }

  private async askPerson(
    operation: OutboundOperation<'payment.create'>,
    code: 'invoice_missing' | 'invoice_gone' | 'invoice_settled_already',
    why: string,
  ): Promise<null> {
    await this.dataSource.transaction(async (tx) => {
      const failure = { kind: code, message: `Not recorded: ${why}.` };
      if (await this.operations.defer(tx, operation, 'refused', failure, this.clock.now())) {
        const who = forCustomer(await this.operations.customerName(tx, operation));
        // This item has the same question, and more that can be done about it.
        await this.inbox.resolveSubject(tx, operation.orgId, notOwedSubjectOf(operation.entityId));
        await this.inbox.open(tx, {
          orgId: operation.orgId,
          subject: subjectOf(operation),
          code,
          reason: `${titleOf(operation)}${who}: not recorded in QuickBooks, because ${why}.`,
          retry: 'singly',
          proposalId: operation.proposalId,
          paymentId: operation.entityId,
          operationId: operation.id,
        });
      }
    });
    return null;
  }

  private async send(company: QboCompany, operation: OutboundOperation<'payment.create'>): Promise<void> {
    const { orgId, proposalId } = operation.payload.fact;
    const isRestored = await this.forgotten.mayExist(orgId, proposalId);
    const outcome = await this.runner.run(operation, this.handler(company, operation, isRestored));
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
      subject: titleOf(operation),
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
    if (proposalId !== null) await this.prerequisites.met(tx, orgId, proposalId);
    const { fact } = operation.payload;
    if (payment.unappliedCents === 0 && payment.totalCents === fact.amountCents) return;
    const customer = await this.operations.customerName(tx, operation);
    await this.inbox.open(tx, {
      orgId,
      subject: `payment.unapplied:${entityId}`,
      code: 'payment_unapplied',
      reason: paymentUnapplied(titleOf(operation), customer, {
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

function titleOf({ payload }: OutboundOperation<'payment.create'>): string {
  const { fact } = payload;
  return `The payment of ${moneyText(fact.amountCents, fact.currency)} for proposal ${fact.proposalId}`;
}
