import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPayment } from '../../api/model/qbo-objects.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import { type OutboundOperation, subjectOf } from '../../operations/rows/operation.entity.js';
import type { PaymentToRecord } from '../../operations/operation-payloads.js';
import { OperationPushService } from '../../operations/operation-push.service.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
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
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Goes on with a payment. `insist` says that a person has one tried again that was refused; where they were asked
   * whether it is to be recorded although the invoice is settled already, they want that: the customer then has a
   * credit.
   */
  async push(orgId: number, paymentId: number, { insist = false } = {}): Promise<void> {
    const newest = await this.operations.findNewest('payment.create', orgId, paymentId);
    if (!newest || newest.state === 'done') return;
    const taken = await this.pushes.takeUp(newest, blockedOf(newest));
    if (!taken) return;
    const { company } = taken;
    const operation =
      insist && isStopped(taken.operation) ? await this.retryFrom(taken.operation) : taken.operation;
    await this.pushes.push(operation, {
      title: paymentOperationTitle(operation),
      prepare: () => this.preparation.prepare(company, operation),
      handler: (prepared) => this.handlers.of(company, prepared),
      onDone: (made, { payload }) => this.showOnInvoice(company, made, payload.draft?.invoiceId),
      waits: insist,
      unfinished: 'The payment is not in the books yet',
      about: { paymentId },
    });
  }

  /** A new generation of one that was refused or handed to a person; not where they have closed the question since. */
  private async retryFrom(
    operation: OutboundOperation<'payment.create'>,
  ): Promise<OutboundOperation<'payment.create'>> {
    const { orgId, kind, entityId, proposalId } = operation;
    const { fact, ...wanted } = blockedOf(operation);
    if (operation.errorKind === 'invoice_settled_already')
      wanted.insistedOn = (await this.preparation.linkedInvoiceId(fact)) ?? undefined;
    return this.dataSource.transaction(async (tx) => {
      await this.operations.getForUpdate(tx, operation);
      if (!(await this.inbox.hasOpen(tx, orgId, subjectOf(operation)))) return operation;
      return this.operations.insertOnce(tx, {
        orgId,
        kind,
        entityId,
        proposalId: proposalId ?? undefined,
        realmId: null,
        state: 'waiting',
        generation: operation.generation + 1,
        requestId: `pay-${randomUUID()}`,
        payload: { fact, ...wanted },
      });
    });
  }

  private async showOnInvoice(company: QboCompany, made: QboPayment, invoiceId?: string): Promise<void> {
    if (invoiceId === undefined) return;
    await this.refresh.apply(company, [await this.refresh.snapshot(company, invoiceId)], {
      brought: [{ id: made.id, deleted: false, object: made }],
    });
  }
}

/** What it is prepared from: the payment, and what a person wants of it. */
function blockedOf({ payload: { fact, insistedOn } }: OutboundOperation<'payment.create'>): {
  fact: PaymentToRecord;
  insistedOn?: string;
} {
  return insistedOn === undefined ? { fact } : { fact, insistedOn };
}
