import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { PaymentOperationsService } from './payment-operations.service.js';
import { excessSubjectOf } from './refund-step.js';

/** Whoever connects a company has it looked at sooner. */
const AGAIN_MS = 10 * 60_000;

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
    private readonly operations: PaymentOperationsService,
    private readonly payments: PaymentsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * A metered read for each receipt of a payment while a person is asked to take one out. False where QuickBooks cannot
   * say now what stands: it is looked at later, whatever the person says meanwhile, and no refund of the payment may be
   * compared with the books before.
   */
  async review(orgId: number, paymentId: number): Promise<boolean> {
    const { manager } = this.dataSource;
    const payment = await this.payments.find(manager, orgId, paymentId);
    if (!payment?.recordedHere) return true;
    const isLate = payment.invoiceCheckAt !== null;
    const isAsked = isLate || (await this.inbox.hasOpen(manager, orgId, excessSubjectOf(paymentId)));
    const isKnown = !isAsked || (await this.look(orgId, paymentId));
    if (isKnown && !isLate) return true;
    const again = new Date(this.clock.now().getTime() + AGAIN_MS);
    await this.payments.setInvoiceCheckAt(manager, payment, isKnown ? null : again);
    return isKnown;
  }

  /** False where not all of them could be read. */
  private async look(orgId: number, paymentId: number): Promise<boolean> {
    const company = await this.connections.companyOfParked(orgId);
    if (!company) return false;
    const standing = new Map<string, number>();
    try {
      for (const step of await this.tries.listOf('refund.create', orgId, paymentId)) {
        const { id, state, realmId, qboId, payload } = step;
        if (state !== 'done' || qboId === null || payload.amountCents === 0) continue;
        if (realmId !== company.realmId) return false;
        standing.set(id, await this.centsOf(company, qboId));
      }
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, paymentId }, 'The receipts of refunds could not be looked at');
      return false;
    }
    await this.operations.follow(orgId, paymentId, standing);
    return true;
  }

  /** What a receipt is over as it stands: nothing where it was deleted or voided. */
  private async centsOf(company: QboCompany, receiptId: string): Promise<number> {
    try {
      return (await this.client.payments.getRefund(company, receiptId)).totalCents;
    } catch (error) {
      if (error instanceof QboError && error.kind === 'not_found') return 0;
      throw error;
    }
  }
}
