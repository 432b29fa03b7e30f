import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import type { NamedKey } from '../../../invoices/invoice-key.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import {
  leftPaymentStep,
  paymentElsewhereStep,
  paymentWithoutInvoiceStep,
} from '../../../messages/next-steps.js';
import { LEFT_BEFORE_INVOICE } from '../../../messages/reasons/payment-reasons.js';
import { notOwedSubjectOf } from '../../../payments/ledger/payment-subjects.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { OperationInboxService } from '../../operations/questions/operation-inbox.service.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import type { PaymentToRecord } from '../../operations/operation-payloads.js';
import {
  type OutboundOperation,
  type PreparedOperation,
  subjectOf,
} from '../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { subjectOfCurrency } from '../../pull/invoices/monitors/edits/external-edits.js';
import { isOverpayment, openTooLittle } from './overpayment.js';
import { paymentDraftOf } from './payment-draft.js';
import { PaymentLookupService } from './payment-lookup.service.js';
import { PaymentRateService } from './payment-rate.service.js';
import { paymentOperationTitle } from './payment-operation-title.js';
import { PrerequisitesService } from './prerequisites.service.js';
import { after } from '../../../platform/time/after.js';

const WAIT_FOR_SETTLEMENT_MS = 15_000;
const WAIT_FOR_INVOICE_MS = 10 * 60_000;

/** In QuickBooks, with its company. */
interface PaidInvoice {
  invoiceId: string;
  realmId: string | null;
}

/** Decides whether a payment can go to QuickBooks now, has to wait, or is a person's to decide. */
@Injectable()
export class PaymentPreparationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly jobs: JobsService,
    private readonly lookup: PaymentLookupService,
    private readonly refresh: InvoiceRefreshService,
    private readonly rates: PaymentRateService,
    private readonly prerequisites: PrerequisitesService,
    private readonly items: OperationInboxService,
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The operation with its body, once the invoice is there and open; null while the payment has to wait, for it or for
   * a person. One that has its body already stays as it is.
   */
  async prepare(
    company: QboCompany,
    operation: OutboundOperation<'payment.create'>,
  ): Promise<OutboundOperation<'payment.create'> | null> {
    if (operation.state !== 'waiting') return operation;
    const { fact, insistedOn } = operation.payload;
    const found = await this.awaitInvoice(operation);
    if (found === null) return null;
    const { invoiceId, realmId } = found;
    // Another company numbers its invoices by itself: one with this id is somebody else's. A link may name no company.
    if (realmId !== null && realmId !== company.realmId)
      return this.askPerson(
        operation,
        'invoice_gone',
        'its invoice is in another company than the one connected',
        { nextStep: paymentElsewhereStep(operation.entityId), company },
      );
    const snapshot = await this.refresh.snapshot(company, invoiceId);
    await this.refresh.apply(company, [snapshot]);
    if (snapshot.deleted || snapshot.invoice.totalCents === 0) {
      return this.askPerson(operation, 'invoice_gone', 'its invoice is no longer there');
    }
    const made = await this.lookup.findMade(company, operation);
    if (!made && (await this.isAskedAboutCurrency(fact))) return this.waitFor(operation, WAIT_FOR_INVOICE_MS);
    const isTooMuch = isOverpayment(fact, snapshot.invoice) && insistedOn !== invoiceId;
    if (isTooMuch && !made) {
      return this.askPerson(
        operation,
        'invoice_settled_already',
        openTooLittle(snapshot.invoice, fact.currency),
      );
    }
    // What is there already has its rate, and nothing is sent.
    const known = made
      ? { rate: made.exchangeRate }
      : await this.rates.rateOf(company, fact, operation.createdAt);
    if (known === 'wait') return this.waitFor(operation, WAIT_FOR_SETTLEMENT_MS);
    const draft = paymentDraftOf(fact, operation.requestId, snapshot.invoice, known.rate);
    const decided = insistedOn === invoiceId ? { insistedOn } : {};
    const request = { fact, draft, ...decided };
    const prepared = await this.dataSource.transaction(async (tx) => {
      // Whoever closes the question has this lock first, or finds the payment about to be sent.
      await this.operations.getForUpdate(tx, operation);
      const isLeft = !made && (await this.isLeft(tx, operation));
      return isLeft ? null : this.operations.prepare(operation, company.realmId, request, tx);
    });
    if (prepared) return prepared;
    return this.askPerson(operation, 'payment_left', LEFT_BEFORE_INVOICE, {
      nextStep: leftPaymentStep(operation.entityId),
    });
  }

  /**
   * A person closed a question about it, whatever was asked since, so that it may be there by hand, on account or on
   * another invoice. One that is tried again is another operation.
   */
  private async isLeft(tx: EntityManager, operation: OutboundOperation<'payment.create'>): Promise<boolean> {
    const { orgId, createdAt } = operation;
    return (await this.inbox.decisionSince(tx, orgId, subjectOf(operation), createdAt)) !== null;
  }

  /**
   * What the payment is to be prepared from once more, where the invoice of its request is not the one it is for any
   * more: a person has corrected the link, or it was made anew; or where it was put off, and that invoice was settled
   * or taken away meanwhile. Null where it fits. Throws QboError.
   */
  async outdated(
    company: QboCompany,
    { attempts, payload: { fact, draft, insistedOn } }: PreparedOperation<'payment.create'>,
  ): Promise<{ fact: PaymentToRecord } | null> {
    if ((await this.linkedInvoiceId(fact)) !== draft.invoiceId) return { fact };
    if (attempts === 0 || insistedOn === draft.invoiceId) return null;
    const snapshot = await this.refresh.snapshot(company, draft.invoiceId);
    const isOpen = !snapshot.deleted && !isOverpayment(fact, snapshot.invoice);
    return isOpen ? null : { fact };
  }

  /** The invoice in QuickBooks that it is for; null where there is none. */
  async linkedInvoiceId(fact: PaymentToRecord): Promise<string | null> {
    const key = await this.prerequisites.keyOf(fact.orgId, fact.paymentId);
    const linked = await this.invoiceOf(this.dataSource.manager, fact, key);
    return linked?.invoiceId ?? null;
  }

  /** A person is asked about its invoice, which is in another currency: they may link the right one. */
  private async isAskedAboutCurrency({ orgId, proposalId, paymentId }: PaymentToRecord): Promise<boolean> {
    const { manager } = this.dataSource;
    const { kind, sequence } = await this.prerequisites.keyOf(orgId, paymentId);
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    return invoice !== null && this.inbox.hasOpen(manager, orgId, subjectOfCurrency(invoice.id));
  }

  private async waitFor(operation: OutboundOperation<'payment.create'>, ms: number): Promise<null> {
    const until = after(this.clock.now(), ms);
    await this.operationJobs.waitUntil(operation, until, async () => false);
    return null;
  }

  /** The invoice that was paid; null where there is none yet and the payment waits for it. */
  private async awaitInvoice(operation: OutboundOperation<'payment.create'>): Promise<PaidInvoice | null> {
    const { fact } = operation.payload;
    const key = await this.prerequisites.keyOf(fact.orgId, fact.paymentId);
    const invoiceOf = (tx: EntityManager) => this.invoiceOf(tx, fact, key);
    const known = await invoiceOf(this.dataSource.manager);
    if (known !== null) return known;
    if (await this.prerequisites.isInvoiceGivenUp(fact.orgId, fact.proposalId, key)) {
      return this.askPerson(operation, 'invoice_missing', 'its proposal has no invoice in QuickBooks');
    }
    const until = after(this.clock.now(), WAIT_FOR_INVOICE_MS);
    const waits = await this.operationJobs.waitUntil(
      operation,
      until,
      async (tx) => (await invoiceOf(tx)) !== null,
    );
    if (!waits) return invoiceOf(this.dataSource.manager);
    // Its job was enqueued with the payment's; where that was lost, this one makes the invoice.
    const { orgId, proposalId } = fact;
    await this.jobs.enqueue(this.dataSource.manager, 'qbo.invoice.create', { orgId, proposalId });
    return null;
  }

  private async invoiceOf(
    tx: EntityManager,
    { orgId, proposalId }: PaymentToRecord,
    { kind, sequence }: NamedKey,
  ): Promise<PaidInvoice | null> {
    const invoice = await this.invoices.findNewest(tx, orgId, proposalId, kind, sequence);
    if (invoice?.qboInvoiceId == null) return null;
    return { invoiceId: invoice.qboInvoiceId, realmId: invoice.qboRealmId };
  }

  /** `company`: where another one is connected by now, it is no question, and looked at anew. */
  private async askPerson(
    operation: OutboundOperation<'payment.create'>,
    code: 'invoice_missing' | 'invoice_gone' | 'invoice_settled_already' | 'payment_left',
    why: string,
    { nextStep, company }: { nextStep?: string; company?: QboCompany } = {},
  ): Promise<null> {
    const { orgId, proposalId, paymentId } = operation.payload.fact;
    const isLacking = code !== 'invoice_settled_already' && nextStep === undefined;
    const invoice = isLacking ? await this.prerequisites.makeableInvoice(orgId, proposalId, paymentId) : null;
    await this.dataSource.transaction(async (tx) => {
      if (company && !(await this.connections.isStill(tx, company)))
        return this.operationJobs.enqueue(tx, operation);
      await this.items.ask(tx, operation, {
        title: paymentOperationTitle(operation),
        code,
        why,
        nextStep: isLacking ? paymentWithoutInvoiceStep(invoice, paymentId) : nextStep,
        paymentId,
        inPlaceOf: notOwedSubjectOf(operation.entityId),
      });
    });
    return null;
  }
}
