import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { moneyText } from '../../../../messages/format.js';
import { leftPaymentStep } from '../../../../messages/next-steps.js';
import { LEFT_BEFORE_INVOICE } from '../../../../messages/reasons/payment-reasons.js';
import { notRecorded } from '../../../../messages/reasons/sentence-parts.js';
import { ProposalCustomersRepository } from '../../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { LeftPaymentsRepository } from './left-payments.repository.js';

/**
 * Asks anew about payments that found no invoice, and whose question a person closed, once that invoice is there: they
 * may have entered the payment by hand, or count on what that question said, that it follows by itself. Sent without
 * that it might stand in QuickBooks twice, and left alone nobody would ever hear that it does not stand there.
 */
@Injectable()
export class LeftPaymentsService {
  constructor(
    private readonly left: LeftPaymentsRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction. Of one proposal, or of all whose invoices are in the company. */
  async ask(tx: EntityManager, company: QboCompany, ofProposal: number | null = null): Promise<void> {
    const { orgId } = company;
    const left = await this.left.list(tx, company, ofProposal);
    for (const { operationId, paymentId, proposalId, cents, currency } of left) {
      const title = `The payment of ${moneyText(cents, currency)} for proposal ${proposalId}`;
      const customer = await this.customers.nameOf(tx, { orgId, proposalId });
      await this.inbox.open(tx, {
        orgId,
        subject: `payment.create:${paymentId}`,
        code: 'payment_left',
        reason: notRecorded(title, customer, LEFT_BEFORE_INVOICE),
        nextStep: leftPaymentStep(paymentId),
        retry: 'singly',
        proposalId,
        paymentId,
        operationId,
      });
    }
  }
}
