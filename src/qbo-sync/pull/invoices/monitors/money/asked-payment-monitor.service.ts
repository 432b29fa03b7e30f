import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { withOpenByNow } from '../../../../../messages/reasons/payment-reasons.js';
import { isLive } from '../../../../../invoices/invoice-state.js';
import type { InvoiceChange } from '../../invoice-diff.js';
import { AskedPaymentsRepository } from './asked-payments.repository.js';

/**
 * Has what is asked about a payment that met a settled invoice say what is open on it by now: a cheque that bounces
 * leaves owed what was not when the question was asked, and who follows that gives it back. Nothing else is done about
 * it: that the payment was entered by hand meanwhile only a person knows.
 */
@Injectable()
export class AskedPaymentMonitorService {
  constructor(
    private readonly asked: AskedPaymentsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction, after what changed is written. */
  async review(tx: EntityManager, orgId: number, changes: readonly InvoiceChange[]): Promise<void> {
    const changed = changes.filter(({ next, isOpenOtherwise }) => isOpenOtherwise && isLive(next));
    const ids = changed.map(({ next }) => next.id);
    for (const { subject, reason, balanceCents, currency } of await this.asked.list(tx, orgId, ids)) {
      const open = { cents: balanceCents, currency };
      await this.inbox.restate(tx, orgId, subject, withOpenByNow(reason, open));
    }
  }
}
