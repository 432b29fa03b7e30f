import { Injectable } from '@nestjs/common';
import type { InboxCode } from '../../../messages/inbox-messages.js';
import { PaymentOperationsService } from './payment-operations.service.js';
import { ReceiptsTakenOutService } from './receipts-taken-out.service.js';
import { RefundPushService } from './refund-push.service.js';

/** Goes on with the refunds of a payment, whether it is their time or a person asks for it. */
@Injectable()
export class RefundCarryService {
  constructor(
    private readonly takenOut: ReceiptsTakenOutService,
    private readonly operations: PaymentOperationsService,
    private readonly refunds: RefundPushService,
  ) {}

  /**
   * What of them failed meanwhile is taken off their steps first, as where the ledger has news. `insist` takes up those
   * of which a person was asked this. Answers false while nobody can say which receipts stand: they wait for that.
   */
  async carry(orgId: number, paymentId: number, insist?: InboxCode): Promise<boolean> {
    const receiptsKnown = await this.takenOut.review(orgId, paymentId);
    await this.operations.ensure(orgId, paymentId, { receiptsKnown });
    await this.refunds.push(orgId, paymentId, { insist, receiptsKnown });
    return receiptsKnown;
  }
}
