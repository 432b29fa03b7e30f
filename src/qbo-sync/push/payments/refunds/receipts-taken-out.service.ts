import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import type { Payment } from '../../../../payments/ledger/payment.entity.js';
import { PaymentsRepository } from '../../../../payments/ledger/payments.repository.js';
import { Clock } from '../../../../platform/time/clock.js';
import { foundOrNull, QboError } from '../../../api/errors/qbo-error.js';
import type { QboRefund } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { RefundExcessService } from './refund-excess.service.js';
import { excessSubjectOf } from './refund-step.js';
import { after, DAY_MS } from '../../../../platform/time/after.js';

/** Where QuickBooks was away. */
const AGAIN_MS = 10 * 60_000;
/** Where the company of a receipt is not connected: whoever connects it has it looked at, and the timer is a net. */
const NOT_CONNECTED_MS = 30 * DAY_MS;

/** Whether the refunds of a payment can be compared with the books, and when receipts of it are looked at again. */
interface Look {
  isKnown: boolean;
  againMs: number | null;
}

/**
 * Sees which receipts of refunds that failed a person has taken out of the books, or lowered, before they say so: the
 * refund that is made in place of one needs a receipt of its own, and must not be taken for the one that is gone.
 */
@Injectable()
export class ReceiptsTakenOutService {
  private readonly logger = new Logger(ReceiptsTakenOutService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxRepository,
    private readonly connections: ConnectionService,
    private readonly tries: OperationTriesRepository,
    private readonly client: QboClient,
    private readonly excess: RefundExcessService,
    private readonly payments: PaymentsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * A metered read for each receipt of a payment while a person is asked to take one out. False where QuickBooks cannot
   * say now what stands: it is looked at later, whatever the person says meanwhile, and no refund of the payment may be
   * compared with the books before. A receipt in another company than the one connected, which may be there for good,
   * counts as it was sent until that one is back.
   */
  async review(orgId: number, paymentId: number): Promise<boolean> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, paymentId);
    if (!payment?.recordedHere) return true;
    const isAsked =
      payment.invoiceCheckAt !== null ||
      (await this.inbox.hasOpen(manager, orgId, excessSubjectOf(paymentId)));
    if (!isAsked) return true;
    // Written down before the look: whoever connects a company meanwhile finds it.
    await this.lookAgain(payment, AGAIN_MS);
    const { isKnown, againMs } = await this.look(orgId, paymentId);
    await this.lookAgain(payment, againMs);
    return isKnown;
  }

  private async lookAgain(payment: Payment, afterMs: number | null): Promise<void> {
    const at = afterMs === null ? null : after(this.clock.now(), afterMs);
    await this.payments.setInvoiceCheckAt(this.dataSource.manager, payment, at);
  }

  private async look(orgId: number, paymentId: number): Promise<Look> {
    const company = await this.connections.companyOfParked(orgId);
    if (!company) return { isKnown: false, againMs: NOT_CONNECTED_MS };
    const standing = new Map<string, QboRefund | null>();
    let againMs: number | null = null;
    try {
      for (const step of await this.tries.listOf('refund.create', orgId, paymentId)) {
        const { id, state, realmId, qboId, payload } = step;
        if (state !== 'done' || qboId === null || payload.amountCents === 0) continue;
        if (realmId === company.realmId)
          standing.set(id, await foundOrNull(this.client.refunds.get(company, qboId)));
        else againMs = NOT_CONNECTED_MS;
      }
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, paymentId }, 'The receipts of refunds could not be looked at');
      return { isKnown: false, againMs: AGAIN_MS };
    }
    await this.excess.follow(orgId, paymentId, standing);
    return { isKnown: true, againMs };
  }
}
