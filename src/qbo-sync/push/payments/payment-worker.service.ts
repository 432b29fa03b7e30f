import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { QueuePayloads } from '../../../jobs/queue-payloads.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { PaymentApplicationService } from './payment-application.service.js';
import { PaymentOperationsService } from './payment-operations.service.js';
import { PaymentPushService } from './payment-push.service.js';
import { RefundPushService } from './refund-push.service.js';
import { UnrecordedPaymentCheckService } from './unrecorded-payment-check.service.js';

/** Runs the jobs that put deposits and refunds into the books. */
@Injectable()
export class PaymentWorkerService implements OnApplicationBootstrap {
  private readonly logger = new Logger(PaymentWorkerService.name);

  constructor(
    private readonly jobs: JobsService,
    private readonly operationJobs: OperationJobsService,
    private readonly operations: PaymentOperationsService,
    private readonly payments: PaymentPushService,
    private readonly applications: PaymentApplicationService,
    private readonly refunds: RefundPushService,
    private readonly unrecorded: UnrecordedPaymentCheckService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.payment.record', (job) => this.record(job));
    await this.jobs.work('qbo.payment.carry', async ({ orgId, paymentId }) => {
      if (await this.operationJobs.isDue({ orgId, kind: 'payment.create', entityId: paymentId }))
        await this.payments.push(orgId, paymentId);
      if (await this.operationJobs.isDue({ orgId, kind: 'payment.apply', entityId: paymentId }))
        await this.applications.carry(orgId, paymentId);
    });
    await this.jobs.work('qbo.refund.carry', async ({ orgId, paymentId }) => {
      if (await this.operationJobs.isDue({ orgId, kind: 'refund.create', entityId: paymentId }))
        await this.refunds.push(orgId, paymentId);
    });
  }

  /** Has the books follow the rows of the ledger, as far as QuickBooks lets it now. */
  private async record({ orgId, paymentId }: QueuePayloads['qbo.payment.record']): Promise<void> {
    const bookkeeping = await this.operations.ensure(orgId, paymentId);
    if (bookkeeping?.by === 'bookkeeper' && bookkeeping.decidedNow) await this.check(orgId, paymentId);
    if (bookkeeping?.by !== 'us') return;
    await this.payments.push(orgId, paymentId);
    await this.refunds.push(orgId, paymentId);
  }

  /** What QuickBooks cannot say now is not asked again: the bookkeeper enters the payment and sees it. */
  private async check(orgId: number, paymentId: number): Promise<void> {
    try {
      await this.unrecorded.check(orgId, paymentId);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId, paymentId }, 'The invoice of a payment could not be looked at');
    }
  }
}
