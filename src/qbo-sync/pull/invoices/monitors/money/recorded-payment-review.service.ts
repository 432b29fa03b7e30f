import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MovedLinkMonitorService } from './moved-link-monitor.service.js';
import { RemovedPaymentMonitorService } from './removed-payment-monitor.service.js';
import { StrayReceiptsService } from './stray-receipts.service.js';

/**
 * Looks once more at what a person is asked about a payment that was recorded from here, as some of its money went back
 * to the customer, or came back from there: nothing in QuickBooks says so.
 */
@Injectable()
export class RecordedPaymentReviewService {
  constructor(
    private readonly strayReceipts: StrayReceiptsService,
    private readonly removed: RemovedPaymentMonitorService,
    private readonly movedLinks: MovedLinkMonitorService,
  ) {}

  /** Part of the caller's transaction. */
  async review(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    await this.strayReceipts.review(tx, orgId, paymentId);
    await this.removed.review(tx, orgId, paymentId);
    await this.movedLinks.reviewOne(tx, orgId, paymentId);
  }
}
