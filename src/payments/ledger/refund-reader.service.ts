import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import type { Payment } from './payment.entity.js';
import { PaymentsRepository } from './payments.repository.js';
import { RefundRecorderService, type RefundUpdate } from './refund-recorder.service.js';
import { ReturnedMoneyService } from './returned-money.service.js';
import { StripeRefundsService } from './stripe-refunds.service.js';

/**
 * Reads the refunds of a payment at Stripe, where what its events told does not come to the sum that one of them names:
 * after a refund failed, a later one may be hidden in that sum. One call to Stripe.
 */
@Injectable()
export class RefundReaderService implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly payments: PaymentsRepository,
    private readonly recorder: RefundRecorderService,
    private readonly returned: ReturnedMoneyService,
    private readonly stripe: StripeRefundsService,
    private readonly jobs: JobsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('stripe.refunds.read', ({ orgId, paymentId }) => this.read(orgId, paymentId));
  }

  private async read(orgId: number, paymentId: number): Promise<void> {
    const payment = await this.payments.find(this.dataSource.manager, orgId, paymentId);
    if (!payment) return;
    for (const update of await this.stripe.read(payment)) await this.note(payment, update);
  }

  private async note(payment: Payment, update: RefundUpdate): Promise<void> {
    const { returned } = await this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, payment.orgId, payment.proposalId);
      return this.returned.during(tx, payment, () => this.recorder.note(tx, proposal, payment, update));
    });
    this.returned.count(returned);
  }
}
