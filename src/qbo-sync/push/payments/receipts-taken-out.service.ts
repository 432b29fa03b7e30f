import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { OperationTriesRepository } from '../../operations/operation-tries.repository.js';
import { PaymentOperationsService } from './payment-operations.service.js';
import { excessSubjectOf } from './refund-step.js';

/**
 * Sees which receipts of refunds that failed a person has taken out of the books, or lowered, before they say so: the
 * refund that is made in place of one needs a receipt of its own, and must not be taken for the one that is gone.
 */
@Injectable()
export class ReceiptsTakenOutService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxRepository,
    private readonly connections: ConnectionService,
    private readonly tries: OperationTriesRepository,
    private readonly client: QboClient,
    private readonly operations: PaymentOperationsService,
  ) {}

  /** A metered read for each receipt of a payment while a person is asked to take one out. Throws QboError. */
  async review(orgId: number, paymentId: number): Promise<void> {
    const isAsked = await this.inbox.hasOpen(this.dataSource.manager, orgId, excessSubjectOf(paymentId));
    const company = isAsked ? await this.connections.companyOfParked(orgId) : null;
    if (!company) return;
    const standing = new Map<string, number>();
    for (const step of await this.tries.listOf('refund.create', orgId, paymentId)) {
      const { id, state, realmId, qboId, payload } = step;
      if (state !== 'done' || realmId !== company.realmId || qboId === null || payload.amountCents === 0)
        continue;
      standing.set(id, await this.centsOf(company, qboId));
    }
    await this.operations.follow(orgId, paymentId, standing);
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
