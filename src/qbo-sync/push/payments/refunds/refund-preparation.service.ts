import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../../../platform/time/clock.js';
import { foundOrNull, QboError } from '../../../api/errors/qbo-error.js';
import { isOfCompany, type QboCompany } from '../../../api/model/qbo-company.js';
import type { QboPayment, QboRefund } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { DocumentRatesService } from '../../../pull/currencies/document-rates.service.js';
import { refundDraftOf } from '../payment-draft.js';
import { PrerequisitesService } from '../prerequisites.service.js';
import { RefundBooksService } from './refund-books.service.js';
import { RefundLeavingService } from './refund-leaving.service.js';
import { RefundLookupService } from './refund-lookup.service.js';
import { RefundQuestionsService } from './refund-questions.service.js';
import type { OutboundRefund } from './refund-step.js';
import { after } from '../../../../platform/time/after.js';

const WAIT_FOR_PAYMENT_MS = 10 * 60_000;

/** Decides whether a refund can go to QuickBooks now, waits, stays out of the books or is a person's to decide. */
@Injectable()
export class RefundPreparationService {
  constructor(
    private readonly client: QboClient,
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly lookup: RefundLookupService,
    private readonly questions: RefundQuestionsService,
    private readonly leaving: RefundLeavingService,
    private readonly prerequisites: PrerequisitesService,
    private readonly rates: DocumentRatesService,
    private readonly books: RefundBooksService,
    private readonly clock: Clock,
  ) {}

  /**
   * The operation with its body, once the payment itself is in the books; null while it is not, or a person has to
   * decide. One that has its body already stays as it is.
   */
  async prepare(company: QboCompany, step: OutboundRefund, title: string): Promise<OutboundRefund | null> {
    if (step.state !== 'waiting') return step;
    const payment = await this.awaitPayment(step, title);
    if (!payment?.qboId) return null;
    if (!isOfCompany(company, payment)) {
      await this.questions.askForElsewhere(company, step, title);
      return null;
    }
    // Of one that is there already a person has said what was asked.
    const made = await this.lookup.findMade(company, step);
    if (!made && (await this.questions.askWhetherCredit(step, title))) return null;
    const recorded = await this.recorded(company, payment.qboId);
    if (!recorded) {
      const isLeft = await this.leaving.leaveWithRemoved(company, step, payment);
      if (!isLeft) await this.questions.askForRemoved(step, title);
      return null;
    }
    if (!made && (await this.questions.askOnAccount(step, recorded, title))) return null;
    const prepared = await this.write(company, step, recorded, made);
    // Where a part of it failed at Stripe meanwhile it waits still: the receipt is over what is left.
    return this.prepare(company, prepared, title);
  }

  private async write(
    company: QboCompany,
    step: OutboundRefund,
    { customerId, depositAccountId }: QboPayment,
    made: QboRefund | null,
  ): Promise<OutboundRefund> {
    if (!depositAccountId) {
      throw new QboError('validation', 'QuickBooks does not say which account the payment went to.', {
        operation: 'refund.create',
      });
    }
    const { payload } = step;
    const { currency, refundedOn } = payload.fact;
    // What is there already has its rate, and nothing is sent.
    const rate = made
      ? made.exchangeRate
      : await this.rates.rateOn(company, currency, refundedOn, 'refund.create');
    const key = await this.prerequisites.keyOf(step.orgId, step.entityId);
    const { by, ...kept } = await this.books.of(company, step, key, made);
    const books = { customerId, depositAccountId, ...by };
    const draft = refundDraftOf({ ...payload, key }, step.requestId, books, rate);
    return this.operations.prepare(step, company.realmId, { ...payload, ...kept, draft });
  }

  /** The payment as QuickBooks has it; null where somebody deleted or voided it there. */
  private async recorded(company: QboCompany, qboPaymentId: string): Promise<QboPayment | null> {
    const payment = await foundOrNull(this.client.payments.get(company, qboPaymentId));
    return payment?.totalCents === 0 ? null : payment;
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
    if (await this.leaving.leaveWithRefused(step)) return null;
    if (await this.prerequisites.isGivenUp('payment.create', step.orgId, step.entityId)) {
      await this.questions.askForPayment(step, title);
      return null;
    }
    const until = after(this.clock.now(), WAIT_FOR_PAYMENT_MS);
    const waits = await this.operationJobs.waitUntil(
      step,
      until,
      async (tx) => (await recorded(tx)) !== null,
    );
    return waits ? null : recorded();
  }
}
