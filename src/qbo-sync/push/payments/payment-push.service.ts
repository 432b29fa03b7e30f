import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { OperationPushService } from '../../operations/operation-push.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { PaymentPreparationService } from './payment-preparation.service.js';
import { PaymentOperationHandlerService } from './payment-operation-handler.service.js';
import { paymentOperationTitle } from './payment-operation-title.js';
import { isStopped } from '../../operations/operation-state.js';

/**
 * Puts what was paid at Stripe into the books, as a payment on the invoice it was paid for. Promise: once, whatever is
 * repeated; not before there is an invoice; and never on top of an invoice that somebody has settled by hand.
 */
@Injectable()
export class PaymentPushService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
    private readonly pushes: OperationPushService,
    private readonly preparation: PaymentPreparationService,
    private readonly handlers: PaymentOperationHandlerService,
    private readonly refresh: InvoiceRefreshService,
  ) {}

  /**
   * Goes on with a payment. `insist` says that a person wants it recorded although the invoice is settled already: the
   * customer then has a credit.
   */
  async push(orgId: number, paymentId: number, { insist = false } = {}): Promise<void> {
    const newest = await this.operations.findNewest('payment.create', orgId, paymentId);
    if (!newest || newest.state === 'done') return;
    const taken = await this.pushes.takeUp(newest, { fact: newest.payload.fact });
    if (!taken) return;
    const { company } = taken;
    const operation =
      insist && isStopped(taken.operation) ? await this.retryFrom(taken.operation) : taken.operation;
    await this.pushes.push(operation, {
      title: paymentOperationTitle(operation),
      prepare: () => this.preparation.prepare(company, operation, insist),
      handler: (prepared) => this.handlers.of(company, prepared),
      onDone: (made, { payload }) => this.showOnInvoice(company, made, payload.draft?.invoiceId),
      waits: insist,
      unfinished: 'The payment is not in the books yet',
      about: { paymentId },
    });
  }

  /** A new generation of an operation that was refused or handed to a person. */
  private async retryFrom(
    operation: OutboundOperation<'payment.create'>,
  ): Promise<OutboundOperation<'payment.create'>> {
    const { fact } = operation.payload;
    const { orgId, kind, entityId, proposalId } = operation;
    return this.dataSource.transaction((tx) =>
      this.operations.insertOnce(tx, {
        orgId,
        kind,
        entityId,
        proposalId: proposalId ?? undefined,
        realmId: null,
        state: 'waiting',
        generation: operation.generation + 1,
        requestId: `pay-${randomUUID()}`,
        payload: { fact },
      }),
    );
  }

  private async showOnInvoice(company: QboCompany, made: QboPayment, invoiceId?: string): Promise<void> {
    if (invoiceId === undefined) return;
    await this.refresh.apply(company, [await this.refresh.snapshot(company, invoiceId)], {
      brought: [{ id: made.id, deleted: false, object: made }],
    });
  }
}
