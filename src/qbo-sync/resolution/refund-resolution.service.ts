import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { sumCents } from '../../platform/money/cents.js';
import { ActivityRepository } from '../../proposals/activity.repository.js';
import { assertAllRead } from '../api/errors/all-read.js';
import { isOfCompany, type QboCompany } from '../api/model/qbo-company.js';
import { QboClient } from '../api/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationTriesRepository } from '../operations/operation-tries.repository.js';
import { isInHand } from '../operations/operation-state.js';
import { OperationsRepository } from '../operations/operations.repository.js';
import { retryAnswer } from '../operations/retry-answer.js';
import { PaymentOperationsService } from '../push/payments/payment-operations.service.js';
import { PaymentRefundsService } from '../push/payments/payment-refunds.service.js';
import { isStepClosed, type OutboundRefund } from '../push/payments/refund-step.js';
import { RefundStepsRepository } from '../push/payments/refund-steps.repository.js';
import { goesOnByItself, ManualMatchService } from './manual-match.service.js';
import { refundMismatch } from './match-check.js';
import { RetryBoundService } from './retry-bound.service.js';

/** Else one that failed at Stripe meanwhile could get a receipt. */
const RECEIPTS_UNKNOWN =
  'It waits until QuickBooks says which receipts of this payment stand, and is tried again by itself.';

/**
 * What a person can do about refunds of a payment that are not in the books: have them tried again, or name the receipt
 * that was entered for them. What a person closes is left to them: a later refund of the payment does not bring it in
 * once more.
 */
@Injectable()
export class RefundResolutionService implements ResolutionHandler, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly retryBound: RetryBoundService,
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly refunds: PaymentRefundsService,
    private readonly ledger: PaymentOperationsService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly activity: ActivityRepository,
    private readonly inbox: InboxRepository,
    private readonly manualMatch: ManualMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('refund.create', this);
    this.resolutions.register('refund.removed', {
      takes: 'refund',
      adopt: (orgId, id, found, also) => this.tie(orgId, Number(id), found, { also, stepsOf: removedOf }),
    });
    this.resolutions.register('refund.excess', {
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.ledger.takeOutExcess(tx, orgId, Number(id));
      },
    });
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    const asked = await this.inbox.openCode(this.dataSource.manager, orgId, `refund.create:${id}`);
    const receiptsKnown = await this.refunds.push(orgId, Number(id), asked ?? undefined);
    const left = openOf(await this.tries.listOf('refund.create', orgId, Number(id)));
    if (left[0]?.state === 'waiting' && !receiptsKnown) return RECEIPTS_UNKNOWN;
    const tried = await Promise.all(left.map((step) => this.operations.look(step)));
    return retryAnswer(tried, 'It waits for the payment it gives back.');
  }

  async closed(tx: EntityManager, orgId: number, id: string, state: 'resolved' | 'dismissed'): Promise<void> {
    await this.steps.leave(tx, orgId, Number(id), state);
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.tie(orgId, Number(id), found, { also, stepsOf: openOf });
  }

  /** Takes a receipt for those of a payment's steps that wait for one. */
  private async tie(
    orgId: number,
    paymentId: number,
    found: FoundDocument,
    {
      also,
      stepsOf,
    }: {
      also: (tx: EntityManager) => Promise<void>;
      stepsOf: (steps: readonly OutboundRefund[]) => OutboundRefund[];
    },
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const payment = await this.operations.findNewest('payment.create', orgId, paymentId);
    const isHere = payment !== null && isOfCompany(company, payment);
    const sentTo = isHere ? payment.payload.draft?.customerId : undefined;
    if (sentTo === undefined) {
      const reason =
        'Its payment is not in this company, so the receipt cannot be compared. Resolve it without one.';
      throw new DomainError('conflict', 'document_of_no_use', reason);
    }
    const receipt = await this.manualMatch.read(company, found, () =>
      this.client.refunds.get(company, found.id),
    );
    const isSame = receipt.customerId === sentTo;
    const qboCustomerId = isSame ? sentTo : await this.customerNow(company, payment!.qboId, sentTo);
    await this.dataSource.transaction(async (tx) => {
      await this.steps.lock(tx, orgId, paymentId);
      const [first, ...others] = stepsOf(await this.tries.listOf('refund.create', orgId, paymentId, tx));
      if (!first || [first, ...others].some(isInHand)) throw goesOnByItself();
      const cents = sumCents([first, ...others].map(({ payload }) => payload.amountCents));
      const { currency } = first.payload.fact;
      const wanted = { qboCustomerId, amountCents: cents, currency };
      this.manualMatch.assertMatches(refundMismatch(receipt, wanted));
      if (await this.tries.isTaken(tx, company, 'refund.create', receipt.id)) {
        const reason = `Refund ${receipt.id} stands for another refund already.`;
        throw new DomainError('conflict', 'document_taken', reason);
      }
      const ids = [first.id, ...others.map((step) => step.id)] as const;
      await this.steps.adopt(tx, company, { ids, receiptId: receipt.id, cents });
      await this.activity.log(tx, {
        orgId,
        proposalId: first.proposalId,
        event: 'refund_recorded',
        occurrence: `${paymentId}#${first.generation}:${receipt.id}`,
        meta: { qbo_refund_id: receipt.id, payment_id: paymentId, amount_cents: cents },
      });
      await also(tx);
    });
  }

  /** Whose a payment is by now: the customer it was recorded for may have been merged into another one. */
  private async customerNow(
    company: QboCompany,
    qboPaymentId: string | null,
    sentTo: string,
  ): Promise<string> {
    if (qboPaymentId === null) return sentTo;
    const payments = await this.client.payments.findByIds(company, [qboPaymentId]);
    assertAllRead(payments, 'payment.query');
    return payments.read[0]?.customerId ?? sentTo;
  }
}

/** What of a payment's refunds is neither in the books nor left to a person. */
function openOf(steps: readonly OutboundRefund[]): OutboundRefund[] {
  return steps.filter((step) => !isStepClosed(step));
}

/** Those of which the receipt is gone from the books. */
function removedOf(steps: readonly OutboundRefund[]): OutboundRefund[] {
  return steps.filter(({ state, payload }) => state === 'done' && payload.removed && payload.amountCents > 0);
}
