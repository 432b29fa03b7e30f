import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OperationJobsService } from '../../../operations/operation-jobs.service.js';
import { AskedPaymentsRepository } from './asked-payments.repository.js';

/**
 * Has payments looked at anew of which a person is asked, as less was open on their invoice than was paid, once
 * something changed there: what had settled it may be gone, as a cheque that bounced, and the question has a figure of
 * before. What the person has decided stands.
 */
@Injectable()
export class SettledInvoiceMonitorService {
  constructor(
    private readonly payments: AskedPaymentsRepository,
    private readonly operationJobs: OperationJobsService,
  ) {}

  /** Part of the caller's transaction, after it wrote how these invoices, by their ids here, stand. */
  async review(tx: EntityManager, orgId: number, invoiceIds: readonly number[]): Promise<void> {
    if (invoiceIds.length === 0) return;
    for (const { paymentId, proposalId } of await this.payments.takeUp(tx, orgId, invoiceIds)) {
      const payment = { orgId, kind: 'payment.create', entityId: paymentId, proposalId } as const;
      await this.operationJobs.enqueue(tx, payment);
    }
  }
}
