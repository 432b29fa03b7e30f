import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationTriesRepository } from '../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../operations/rows/operations.repository.js';
import { retryAnswer } from '../operations/retry-answer.js';
import { RefundExcessService } from '../push/payments/refunds/refund-excess.service.js';
import { PaymentRefundsService } from '../push/payments/refunds/payment-refunds.service.js';
import { isStepClosed, type OutboundRefund } from '../push/payments/refunds/refund-step.js';
import { RefundStepsRepository } from '../push/payments/refunds/refund-steps.repository.js';
import { ManualMatchService } from './manual-match.service.js';
import { RefundMatchService } from './refund-match.service.js';
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
    private readonly refunds: PaymentRefundsService,
    private readonly excess: RefundExcessService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly inbox: InboxRepository,
    private readonly manualMatch: ManualMatchService,
    private readonly match: RefundMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('refund.create', this);
    this.resolutions.register('refund.removed', {
      takes: 'refund',
      adopt: (orgId, id, found, also) =>
        this.match.adopt(orgId, Number(id), found, { also, stepsOf: removedOf }),
    });
    this.resolutions.register('refund.excess', {
      closed: async (tx, orgId, id, state) => {
        if (state === 'resolved') await this.excess.takeOut(tx, orgId, Number(id));
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
    await this.manualMatch.assertAtRest(tx, 'refund.create', orgId, Number(id));
    await this.tries.withdraw(tx, 'refund.create', orgId, Number(id));
    await this.steps.leave(tx, orgId, Number(id), state);
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.match.adopt(orgId, Number(id), found, { also, stepsOf: openOf });
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
