import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { currencyDiffers } from '../../../../messages/reasons/invoice-reasons.js';
import { OTHER_CURRENCY_STEP } from '../../../../messages/next-steps.js';
import { ProposalCustomersRepository } from '../../../../proposals/proposal-customers.repository.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import type { InvoiceChange } from '../invoice-diff.js';
import { subjectOfCurrency } from './external-edits.js';

/**
 * Asks about an invoice that is in another currency in QuickBooks than its proposal, as one that was linked by SQL, or
 * was given to another customer there: its amounts count as those of the proposal. What a person decides holds until
 * another one is linked.
 */
@Injectable()
export class CurrencyMonitorService {
  constructor(
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction. `read`: the invoice where it was read, and not its payments alone. */
  async report(
    tx: EntityManager,
    orgId: number,
    { next, edits, isNewLink }: InvoiceChange,
    read: QboInvoice | undefined,
  ): Promise<void> {
    const isNew = isNewLink || edits.some(({ field }) => field === 'customer');
    if (!read || !isNew) return;
    const { id, proposalId, customerId, currency, number, qboInvoiceId } = next;
    const subject = subjectOfCurrency(id);
    if (read.currency === null || read.currency === currency)
      return this.inbox.resolveSubject(tx, orgId, subject);
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const invoice = { number: number ?? qboInvoiceId, proposalId, customer };
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'total_differs',
      reason: currencyDiffers(invoice, { inQuickBooks: read.currency, ofProposal: currency }),
      nextStep: OTHER_CURRENCY_STEP,
      proposalId,
      customerId,
    });
  }
}
