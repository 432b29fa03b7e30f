import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import type { InboxCode } from '../../../messages/inbox-messages.js';
import { ActivityRepository } from '../../../proposals/activity.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboPayment, QboRefund } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { DocumentRatesService } from '../../pull/currencies/document-rates.service.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { refundTotalReason, subjectOfRefundTotal } from '../../pull/invoices/payments/refund-total.js';
import { MoneyDocumentsRepository } from '../../pull/invoices/monitors/money-documents.repository.js';
import { RefundTotalsRepository } from '../../pull/invoices/payments/refund-totals.repository.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { BlockedOperationsService } from '../../operations/blocked-operations.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { refundDraftOf } from './payment-draft.js';
import { PrerequisitesService } from './prerequisites.service.js';
import { RefundBooksService } from './refund-books.service.js';
import { RefundLookupService } from './refund-lookup.service.js';
import { RefundQuestionsService } from './refund-questions.service.js';
import { isStepClosed, type OutboundRefund, titleOfOpenSteps } from './refund-step.js';

/** Of which a retry is the answer, and no other try alone. */
const QUESTIONS: ReadonlySet<string> = new Set<InboxCode>(['refund_beside_credit', 'refund_on_account']);

const WAIT_FOR_PAYMENT_MS = 10 * 60_000;
const WAIT_FOR_RECEIPTS_MS = 10 * 60_000;

/**
 * Puts what was given back of a payment into the books, as a refund receipt out of the account the payment went to. The
 * invoice stays as it is: the work was billed, and the refund stands beside it. Only a payment that was recorded here
 * is refunded here.
 */
@Injectable()
export class RefundPushService {
  private readonly logger = new Logger(RefundPushService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly tries: OperationTriesRepository,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly client: QboClient,
    private readonly rates: DocumentRatesService,
    private readonly books: RefundBooksService,
    private readonly refresh: InvoiceRefreshService,
    private readonly lookup: RefundLookupService,
    private readonly questions: RefundQuestionsService,
    private readonly prerequisites: PrerequisitesService,
    private readonly totals: RefundTotalsRepository,
    private readonly documents: MoneyDocumentsRepository,
    private readonly inbox: InboxRepository,
    private readonly activity: ActivityRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Goes on with every step of a payment's refunds that is open; `insist` takes up refused ones too, as a person was
   * asked this of: another question than that is not answered. `receiptsKnown` is false while nobody can say which
   * receipts stand: what is not prepared yet may be of a refund that failed, and waits.
   */
  async push(
    orgId: number,
    paymentId: number,
    { insist, receiptsKnown = true }: { insist?: InboxCode; receiptsKnown?: boolean } = {},
  ): Promise<void> {
    const company = await this.connections.companyOfParked(orgId);
    if (!company) return;
    const steps = await this.tries.listOf('refund.create', orgId, paymentId);
    for (const step of steps) {
      if (isStepClosed(step) || (step.realmId ?? company.realmId) !== company.realmId) continue;
      if (insist !== undefined && isAnsweredBy(step, insist)) await this.operations.reopen(step);
      if (isStepClosed(step)) continue; // by a person, since the list was read
      if (!receiptsKnown && step.state === 'waiting') {
        const until = new Date(this.clock.now().getTime() + WAIT_FOR_RECEIPTS_MS);
        await this.operationJobs.waitUntil(step, until, async () => false);
        continue;
      }
      await this.pushStep(company, step, {
        title: await this.titleOfOpen(step),
        waits: insist !== undefined,
      });
    }
  }

  private async titleOfOpen(step: OutboundRefund): Promise<string> {
    const steps = await this.tries.listOf('refund.create', step.orgId, step.entityId);
    return titleOfOpenSteps([step, ...steps.filter(({ id }) => id !== step.id)]);
  }

  private async pushStep(
    company: QboCompany,
    step: OutboundRefund,
    { title, waits }: { title: string; waits: boolean },
  ): Promise<void> {
    try {
      const operation = step.state === 'waiting' ? await this.prepare(company, step, title) : step;
      if (!operation) return;
      const isRestored = await this.lookup.mayBeForgotten(operation);
      await this.runner.run(operation, this.handler(company, operation, { title, isRestored }), { waits });
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      await this.blocked.defer(step, title, error);
      this.logger.warn(
        { err: error, orgId: step.orgId, paymentId: step.entityId },
        'The refund is not in the books yet',
      );
    }
  }

  /** The body, once the payment itself is in the books; null while it is not, or a person has to decide. */
  private async prepare(
    company: QboCompany,
    step: OutboundRefund,
    title: string,
  ): Promise<OutboundRefund | null> {
    const payment = await this.awaitPayment(step, title);
    if (!payment?.qboId) return null;
    if ((payment.realmId ?? company.realmId) !== company.realmId) {
      await this.questions.askForElsewhere(company, step, title);
      return null;
    }
    // Of one that is there already a person has said what was asked.
    const isForgotten = await this.lookup.isForgotten(company, step);
    if (!isForgotten && (await this.questions.askWhetherCredit(step, title))) return null;
    const recorded = await this.recorded(company, payment.qboId);
    if (!recorded) return this.leaveOrAsk(company, step, payment, title);
    if (!isForgotten && (await this.questions.askOnAccount(step, recorded, title))) return null;
    const { payload } = step;
    const { customerId, depositAccountId } = recorded;
    if (!depositAccountId) {
      throw new QboError('validation', 'QuickBooks does not say which account the payment went to.', {
        operation: 'refund.create',
      });
    }
    const { currency, refundedOn } = payload.fact;
    const rate = await this.rates.rateOn(company, currency, refundedOn, 'refund.create');
    const key = await this.prerequisites.keyOf(step.orgId, step.entityId);
    const { by, ...kept } = await this.books.of(company, step, key);
    const books = { customerId, depositAccountId, ...by };
    const draft = refundDraftOf({ ...payload, key }, step.requestId, books, rate);
    const prepared = await this.operations.prepare(step, company.realmId, { ...payload, ...kept, draft });
    // A part of it failed at Stripe meanwhile: the receipt is over what is left.
    return prepared.state === 'waiting' ? this.prepare(company, prepared, title) : prepared;
  }

  /** The payment as QuickBooks has it; null where somebody deleted or voided it there. */
  private async recorded(company: QboCompany, qboPaymentId: string): Promise<QboPayment | null> {
    try {
      const payment = await this.client.payments.get(company, qboPaymentId);
      return payment.totalCents === 0 ? null : payment;
    } catch (error) {
      if (error instanceof QboError && error.kind === 'not_found') return null;
      throw error;
    }
  }

  /**
   * The payment is gone from QuickBooks. Where all of it is back and no money that we did not record is on its invoice,
   * neither belongs into the books; else a person knows whether it was entered again.
   */
  private async leaveOrAsk(
    company: QboCompany,
    step: OutboundRefund,
    { qboId, payload: { draft } }: OutboundOperation<'payment.create'>,
    title: string,
  ): Promise<null> {
    await this.questions.keepRemoved(company, step, qboId!);
    const snapshot = draft && (await this.refresh.snapshot(company, draft.invoiceId));
    const isBare =
      !snapshot || snapshot.deleted || (await this.questions.hasOurMoneyAlone(company, snapshot.invoice));
    if (isBare && (await this.questions.isAllBack(step))) await this.questions.leave(step);
    else await this.questions.askForRemoved(step, title);
    return null;
  }

  /** The payment once it is in QuickBooks; null where it is not yet and the refund waits for it. */
  private async awaitPayment(
    step: OutboundRefund,
    title: string,
  ): Promise<OutboundOperation<'payment.create'> | null> {
    const recorded = async (tx?: EntityManager): Promise<OutboundOperation<'payment.create'> | null> => {
      const newest = await this.operations.findNewest('payment.create', step.orgId, step.entityId, tx);
      return newest?.state === 'done' ? newest : null;
    };
    const known = await recorded();
    if (known) return known;
    if (await this.questions.leaveWithPayment(step)) return null;
    if (await this.prerequisites.isGivenUp('payment.create', step.orgId, step.entityId)) {
      await this.questions.askForPayment(step, title);
      return null;
    }
    const until = new Date(this.clock.now().getTime() + WAIT_FOR_PAYMENT_MS);
    const waits = await this.operationJobs.waitUntil(
      step,
      until,
      async (tx) => (await recorded(tx)) !== null,
    );
    return waits ? null : recorded();
  }

  private handler(
    company: QboCompany,
    operation: OutboundRefund,
    { title, isRestored }: { title: string; isRestored: boolean },
  ): OperationHandler<'refund.create', QboRefund> {
    const { orgId, proposalId, entityId } = operation;
    return {
      subject: title,
      // A database that was restored from a backup has forgotten what was sent after it, and hears of the refund again;
      // and a person asks for it again after an answer was lost.
      looksFirst: isRestored || operation.attempts > 0,
      find: (sent) => this.lookup.find(company, sent),
      execute: ({ requestId, payload: { draft } }) =>
        this.client.payments.createRefund(company, draft, requestId),
      askOthers: (tx) => this.questions.askOthers(tx, operation),
      onSucceeded: async (tx, refund, { payload }) => {
        await this.activity.log(tx, {
          orgId,
          proposalId,
          event: 'refund_recorded',
          occurrence: `${entityId}#${operation.generation}`,
          meta: { qbo_refund_id: refund.id, payment_id: entityId, amount_cents: payload.amountCents },
        });
        const { customerId, totalCents: cents, taxCents } = refund;
        await this.documents.keepFound(tx, operation, { sentTo: payload.draft.customerId, customerId });
        if (cents === payload.amountCents) return this.totals.keepTax(tx, operation, { cents, taxCents });
        await this.totals.keepOver(tx, operation, refund.totalCents - payload.amountCents);
        const sent = { ...payload.fact, cents: payload.amountCents };
        await this.inbox.open(tx, {
          orgId,
          subject: subjectOfRefundTotal(operation.id),
          code: 'total_differs',
          reason: refundTotalReason(sent, refund.totalCents),
          proposalId,
        });
      },
    };
  }
}

/** One that waits for an answer waits on where a person was asked something else. */
function isAnsweredBy({ errorKind }: OutboundRefund, asked: InboxCode): boolean {
  return !QUESTIONS.has(errorKind ?? '') || errorKind === asked;
}
