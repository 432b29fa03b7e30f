import { Injectable } from '@nestjs/common';
import type { InboxCode } from '../../../../messages/inbox-messages.js';
import { type Bookkeeping, PaymentOperationsService } from '../payment-operations.service.js';
import { ReceiptsTakenOutService } from './receipts-taken-out.service.js';
import { RefundPushService } from './refund-push.service.js';

/** Goes on with the refunds of a payment, whether it is their time or a person asks for it. */
@Injectable()
export class PaymentRefundsService {
  constructor(
    private readonly takenOut: ReceiptsTakenOutService,
    private readonly operations: PaymentOperationsService,
    private readonly refunds: RefundPushService,
  ) {}

  /**
   * `insist` takes up those of which a person was asked this. Answers false while nobody can say which receipts stand:
   * they wait for that.
   */
  async push(orgId: number, paymentId: number, insist?: InboxCode): Promise<boolean> {
    const { receiptsKnown } = await this.follow(orgId, paymentId);
    await this.refunds.push(orgId, paymentId, { insist, receiptsKnown });
    return receiptsKnown;
  }

  /** Has the operations of a payment follow the ledger: what of its refunds failed is taken off their steps first. */
  async follow(
    orgId: number,
    paymentId: number,
  ): Promise<{ by: Bookkeeping | null; receiptsKnown: boolean }> {
    const receiptsKnown = await this.takenOut.review(orgId, paymentId);
    const by = await this.operations.ensure(orgId, paymentId, { receiptsKnown });
    return { by, receiptsKnown };
  }
}
