import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import {
  type FoundDocument,
  ResolutionsService,
  type ResolutionHandler,
} from '../../inbox/resolutions.service.js';
import { ConnectionService } from '../connection/connection.service.js';
import { OperationTriesRepository } from '../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../operations/rows/operations.repository.js';
import { retryAnswer } from '../operations/retry-answer.js';
import { paymentDraftOf } from '../push/payments/payment-draft.js';
import { PaymentOperationHandlerService } from '../push/payments/payment-operation-handler.service.js';
import { PaymentPushService } from '../push/payments/payment-push.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { PaymentMatchService } from './payment-match.service.js';
import { RetryBoundService } from './retry-bound.service.js';

const WAITS_FOR_INVOICE = 'It waits for its invoice.';

/**
 * What a person can do about a deposit that is not in the books: have it tried again, or name the payment typed in by
 * hand.
 */
@Injectable()
export class PaymentResolutionService implements ResolutionHandler, OnModuleInit {
  readonly isClosedAfterRetry = true;

  constructor(
    private readonly dataSource: DataSource,
    private readonly resolutions: ResolutionsService,
    private readonly retryBound: RetryBoundService,
    private readonly connections: ConnectionService,
    private readonly payments: PaymentPushService,
    private readonly handlers: PaymentOperationHandlerService,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly manualMatch: ManualMatchService,
    private readonly match: PaymentMatchService,
  ) {}

  onModuleInit(): void {
    this.resolutions.register('payment.create', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.retryBound.take(orgId);
    await this.payments.push(orgId, Number(id), { insist: true });
    const newest = await this.operations.findNewest('payment.create', orgId, Number(id));
    if (!newest) return WAITS_FOR_INVOICE;
    return retryAnswer([await this.operations.look(newest)], WAITS_FOR_INVOICE);
  }

  /**
   * Who closes the question has entered it by hand, on the invoice or on account, or wants none: a retry that was put
   * off is left to them. One that goes on since its invoice has come is asked about anew before it is sent.
   */
  async closed(tx: EntityManager, orgId: number, id: string): Promise<void> {
    await this.manualMatch.assertAtRest(tx, 'payment.create', orgId, Number(id));
    await this.tries.withdraw(tx, 'payment.create', orgId, Number(id));
    await this.tries.giveUpUnsent(tx, 'payment.create', orgId, Number(id));
  }

  async adopt(
    orgId: number,
    id: string,
    document: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const [newest] = await this.manualMatch.triesAt('payment.create', orgId, Number(id));
    const { fact } = newest.payload;
    const found = await this.match.read(company, fact, document);
    const { invoice, payment } = found;
    await this.dataSource.transaction(async (tx) => {
      await this.match.take(tx, company, fact, found);
      const draft = paymentDraftOf(fact, newest.requestId, invoice, payment.exchangeRate);
      const adopted = await this.manualMatch.finish(tx, company, newest, {
        id: payment.id,
        payload: { fact, draft },
      });
      await this.handlers.onRecorded(tx, adopted, payment);
      await also(tx);
    });
    await this.match.apply(company, found);
  }
}
