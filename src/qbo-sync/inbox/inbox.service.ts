import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../auth/caller.js';
import { DomainError, notFound } from '../../errors/domain-error.js';
import { QboError } from '../client/qbo-error.js';
import { CustomerSyncService } from '../customers/customer-sync.service.js';
import { PaymentRecording } from '../deposits/payment-recording.service.js';
import { RefundRecording } from '../deposits/refund-recording.service.js';
import { InvoiceCreationService } from '../invoices/invoice-creation.service.js';
import { Operation } from '../operations/operation.entity.js';
import { type InboxItem, InboxRepository } from './inbox.repository.js';

/** What a person decides about what got stuck. Whatever is decided stays on record. */
@Injectable()
export class InboxService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: InboxRepository,
    private readonly customers: CustomerSyncService,
    private readonly invoices: InvoiceCreationService,
    private readonly payments: PaymentRecording,
    private readonly refunds: RefundRecording,
  ) {}

  async list(orgId: number, limit: number, afterId?: number): Promise<InboxItem[]> {
    return this.inbox.listOpen(this.dataSource.manager, orgId, limit, afterId);
  }

  /** Closes an item. Throws not found where it is not open, or not this organisation's. */
  async close({ orgId, userId }: Caller, id: number, state: 'resolved' | 'dismissed'): Promise<void> {
    const closed = await this.inbox.close(this.dataSource.manager, orgId, id, state, userId);
    if (!closed) throw notFound('inbox item', id);
  }

  /** Tries the thing again. Answers why it did not work; null when it did and the item is closed. */
  async retry({ orgId }: Caller, id: number): Promise<string | null> {
    const item = await this.inbox.findOpen(this.dataSource.manager, orgId, id);
    if (!item) throw notFound('inbox item', id);
    if (!item.operationId) {
      throw new DomainError(
        'conflict',
        'nothing_to_retry',
        `Nothing is left to retry here. ${item.nextStep}`,
      );
    }
    const operation = await this.dataSource.manager.findOneByOrFail(Operation, { id: item.operationId });
    const error = await this.carry(operation).catch(sentenceOf);
    const still = await this.inbox.findOpen(this.dataSource.manager, orgId, id);
    return still ? (error ?? still.reason) : null;
  }

  private async carry({ kind, orgId, entityId }: Operation): Promise<string | null> {
    switch (kind) {
      case 'customer.create': {
        const sync = await this.customers.ensureInQbo(orgId, entityId);
        return sync.ok ? null : sync.error;
      }
      case 'invoice.create': {
        const creation = await this.invoices.create(orgId, entityId, { again: true });
        return creation.status === 'pending' ? creation.reason : null;
      }
      case 'payment.create':
        await this.payments.carry(orgId, entityId, { insist: true });
        return null;
      case 'refund.create':
        await this.refunds.carry(orgId, entityId, { insist: true });
        return null;
    }
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof QboError || error instanceof DomainError) return error.message;
  throw error;
}
