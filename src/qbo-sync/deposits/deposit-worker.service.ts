import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { JobsService } from '../../jobs/jobs.service.js';
import { PaymentRecording } from './payment-recording.service.js';
import { RefundRecording } from './refund-recording.service.js';

/** Runs the jobs that put deposits and refunds into the books. */
@Injectable()
export class DepositWorker implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: JobsService,
    private readonly payments: PaymentRecording,
    private readonly refunds: RefundRecording,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.payment.record', (fact) => this.payments.record(fact));
    await this.jobs.work('qbo.payment.carry', ({ orgId, paymentId }) =>
      this.payments.carry(orgId, paymentId),
    );
    await this.jobs.work('qbo.refund.record', (fact) => this.refunds.record(fact));
    await this.jobs.work('qbo.refund.carry', ({ orgId, paymentId }) => this.refunds.carry(orgId, paymentId));
  }
}
