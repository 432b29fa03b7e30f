import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { FoundDocument } from '../../inbox/resolutions.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { sumCents } from '../../platform/money/cents.js';
import { ActivityRepository } from '../../proposals/activity/activity.repository.js';
import { assertAllRead } from '../api/errors/all-read.js';
import { isOfCompany, type QboCompany } from '../api/model/qbo-company.js';
import { QboClient } from '../api/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';
import { isInHand } from '../operations/operation-state.js';
import { OperationTriesRepository } from '../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../operations/rows/operations.repository.js';
import { bookedOf } from '../pull/invoices/payments/refund-total.js';
import { heldItemOf, type OutboundRefund } from '../push/payments/refunds/refund-step.js';
import { RefundStepsRepository } from '../push/payments/refunds/refund-steps.repository.js';
import { goesOnByItself, ManualMatchService } from './manual-match.service.js';
import { refundMismatch } from './match-check.js';

/** Takes a refund receipt that a person entered in QuickBooks for refunds of a payment. */
@Injectable()
export class RefundMatchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly steps: RefundStepsRepository,
    private readonly activity: ActivityRepository,
    private readonly manualMatch: ManualMatchService,
  ) {}

  /** For those of the payment's steps that wait for one. Throws a conflict where it is not plausible, or taken. */
  async adopt(
    orgId: number,
    paymentId: number,
    found: FoundDocument,
    {
      also,
      stepsOf,
    }: {
      also: (tx: EntityManager) => Promise<void>;
      stepsOf: (steps: readonly OutboundRefund[]) => OutboundRefund[];
    },
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const payment = await this.operations.findNewest('payment.create', orgId, paymentId);
    const isHere = payment !== null && isOfCompany(company, payment);
    const sentTo = isHere ? payment.payload.draft?.customerId : undefined;
    if (sentTo === undefined) {
      const reason =
        'Its payment is not in this company, so the receipt cannot be compared. Resolve it without one.';
      throw new DomainError('conflict', 'document_of_no_use', reason);
    }
    const receipt = await this.manualMatch.read(company, found, () =>
      this.client.refunds.get(company, found.id),
    );
    const isSame = receipt.customerId === sentTo;
    const qboCustomerId = isSame ? sentTo : await this.customerNow(company, payment!.qboId, sentTo);
    await this.dataSource.transaction(async (tx) => {
      await this.steps.lock(tx, orgId, paymentId);
      const [first, ...others] = stepsOf(await this.tries.listOf('refund.create', orgId, paymentId, tx));
      if (!first || [first, ...others].some(isInHand)) throw goesOnByItself();
      const cents = sumCents([first, ...others].map(({ payload }) => payload.amountCents));
      const { currency } = first.payload.fact;
      const wanted = { qboCustomerId, amountCents: cents, currency };
      this.manualMatch.assertMatches(refundMismatch(receipt, wanted));
      if (await this.tries.isTaken(tx, company, 'refund.create', receipt.id)) {
        const reason = `Refund ${receipt.id} stands for another refund already.`;
        throw new DomainError('conflict', 'document_taken', reason);
      }
      const ids = [first.id, ...others.map((step) => step.id)] as const;
      const booked = bookedOf(receipt, heldItemOf(first.payload));
      await this.steps.adopt(tx, company, { ids, receiptId: receipt.id, booked });
      await this.activity.log(tx, {
        orgId,
        proposalId: first.proposalId,
        event: 'refund_recorded',
        occurrence: `${paymentId}#${first.generation}:${receipt.id}`,
        meta: { qbo_refund_id: receipt.id, payment_id: paymentId, amount_cents: cents },
      });
      await also(tx);
    });
  }

  /** Whose a payment is by now: the customer it was recorded for may have been merged into another one. */
  private async customerNow(
    company: QboCompany,
    qboPaymentId: string | null,
    sentTo: string,
  ): Promise<string> {
    if (qboPaymentId === null) return sentTo;
    const payments = await this.client.payments.findByIds(company, [qboPaymentId]);
    assertAllRead(payments, 'payment.query');
    return payments.read[0]?.customerId ?? sentTo;
  }
}
