import { Injectable } from '@nestjs/common';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { UnappliedPaymentMonitorService } from '../../pull/invoices/monitors/money/unapplied-payment-monitor.service.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { PaymentApplicationService } from './payment-application.service.js';
import { PaymentPushService } from './payment-push.service.js';
import { PaymentRefundsService } from './refunds/payment-refunds.service.js';
import { RefundPushService } from './refunds/refund-push.service.js';
import { UnrecordedPaymentCheckService } from './unrecorded-payment-check.service.js';

/** Runs the jobs that put deposits and refunds into the books. */
@Injectable()
export class PaymentWorkerService {
  constructor(
    private readonly operationJobs: OperationJobsService,
    private readonly payments: PaymentPushService,
    private readonly applications: PaymentApplicationService,
    private readonly ofPayment: PaymentRefundsService,
    private readonly refunds: RefundPushService,
    private readonly unrecorded: UnrecordedPaymentCheckService,
    private readonly connections: ConnectionService,
    private readonly unapplied: UnappliedPaymentMonitorService,
  ) {}

  @JobHandler('qbo.payment.carry')
  async goOn({ orgId, paymentId }: QueuePayloads['qbo.payment.carry']): Promise<void> {
    if (await this.operationJobs.isDue({ orgId, kind: 'payment.create', entityId: paymentId }))
      await this.payments.push(orgId, paymentId);
    if (await this.operationJobs.isDue({ orgId, kind: 'payment.apply', entityId: paymentId }))
      await this.applications.push(orgId, paymentId);
  }

  @JobHandler('qbo.refund.carry')
  async goOnWithRefunds({ orgId, paymentId }: QueuePayloads['qbo.refund.carry']): Promise<void> {
    if (await this.operationJobs.isDue({ orgId, kind: 'refund.create', entityId: paymentId }))
      await this.ofPayment.push(orgId, paymentId);
  }

  /** Has the books follow the rows of the ledger, as far as QuickBooks lets it now. */
  @JobHandler('qbo.payment.record')
  async record({ orgId, paymentId }: QueuePayloads['qbo.payment.record']): Promise<void> {
    const { by, receiptsKnown } = await this.ofPayment.follow(orgId, paymentId);
    if (by === 'bookkeeper') await this.unrecorded.check(orgId, paymentId);
    if (by !== 'us') return;
    await this.payments.push(orgId, paymentId);
    // A refund that failed is not taken off its step before that is known, and is not to be sent.
    if (receiptsKnown) await this.refunds.push(orgId, paymentId);
    const company = await this.connections.companyOfParked(orgId);
    if (company) await this.unapplied.review(company, paymentId);
  }
}
