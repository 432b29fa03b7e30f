import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import type { Payment } from '../payment.entity.js';
import { PaymentsRepository } from '../payments.repository.js';
import { RefundRecorderService, type RefundUpdate } from './refund-recorder.service.js';
import { ReturnedMoneyService } from '../returned-money.service.js';
import { StripeRefundsService } from './stripe-refunds.service.js';

/**
 * Reads the refunds of a payment at Stripe, where what its events told of them does not come to the sum that one of
 * them names. What Stripe shows of them at one moment is noted together. One call to Stripe.
 */
@Injectable()
export class RefundReaderService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly payments: PaymentsRepository,
    private readonly recorder: RefundRecorderService,
    private readonly returned: ReturnedMoneyService,
    private readonly stripe: StripeRefundsService,
  ) {}

  @JobHandler('stripe.refunds.read')
  async read({ orgId, paymentId }: QueuePayloads['stripe.refunds.read']): Promise<void> {
    const payment = await this.payments.find(this.dataSource.manager, orgId, paymentId);
    if (!payment) return;
    const updates = await this.stripe.read(payment);
    if (updates.length > 0) await this.note(payment, updates);
  }

  private async note(payment: Payment, updates: readonly RefundUpdate[]): Promise<void> {
    const { returned } = await this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, payment.orgId, payment.proposalId);
      return this.returned.during(tx, payment, async () => {
        for (const update of updates) await this.recorder.note(tx, proposal, payment, update);
      });
    });
    this.returned.count(returned);
  }
}
