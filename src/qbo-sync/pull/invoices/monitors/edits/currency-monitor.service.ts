import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isLive } from '../../../../../invoices/invoice-state.js';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { currencyDiffers } from '../../../../../messages/reasons/invoice-reasons.js';
import { OTHER_CURRENCY_STEP } from '../../../../../messages/next-steps.js';
import { ProposalCustomersRepository } from '../../../../../proposals/rows/proposal-customers.repository.js';
import type { QboInvoice } from '../../../../api/model/qbo-objects.js';
import type { InvoiceChange } from '../../invoice-diff.js';
import { subjectOfCurrency } from './external-edits.js';

/**
 * Asks about an invoice that is in another currency in QuickBooks than its proposal, as one that was linked by SQL, or
 * was given to another customer there: its amounts count as those of the proposal. What a person decides holds until
 * another one is linked. One about which nobody is asked or has decided, as it was linked before this was looked at, or
 * was voided and stands again, is asked about with the next news of it. One that does not stand is no question.
 */
@Injectable()
export class CurrencyMonitorService {
  constructor(
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Part of the caller's transaction. Looks at invoices that were read, and not their payments alone; for those in the
   * currency of their proposals in one statement, as a company that is read for the first time is all of them.
   */
  async review(
    tx: EntityManager,
    orgId: number,
    changes: readonly InvoiceChange[],
    read: ReadonlyMap<string, QboInvoice>,
  ): Promise<void> {
    const unasked: string[] = [];
    const differing: { change: InvoiceChange; there: string; subject: string }[] = [];
    for (const change of changes) {
      const there = read.get(change.next.qboInvoiceId)?.currency;
      const subject = subjectOfCurrency(change.next.id);
      if (there === undefined) continue;
      const differs = there !== null && there !== change.next.currency;
      if (differs && isLive(change.next)) differing.push({ change, there, subject });
      else if (isForNew(change) || differs) unasked.push(subject);
    }
    if (unasked.length > 0) await this.inbox.resolveSubjects(tx, orgId, unasked);
    if (differing.length === 0) return;
    const subjects = differing.map(({ subject }) => subject);
    const asked = await this.inbox.standingSubjects(tx, orgId, subjects);
    for (const { change, there, subject } of differing)
      if (isForNew(change) || !asked.has(subject)) await this.ask(tx, orgId, change, there);
  }

  private async ask(
    tx: EntityManager,
    orgId: number,
    { next }: InvoiceChange,
    inQuickBooks: string,
  ): Promise<void> {
    const { id, proposalId, customerId, currency, number, qboInvoiceId } = next;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const invoice = { number: number ?? qboInvoiceId, proposalId, customer };
    await this.inbox.open(tx, {
      orgId,
      subject: subjectOfCurrency(id),
      code: 'total_differs',
      reason: currencyDiffers(invoice, { inQuickBooks, ofProposal: currency }),
      nextStep: OTHER_CURRENCY_STEP,
      proposalId,
      customerId,
    });
  }
}

/** Of an invoice that was linked, or given to another customer, since it was read. */
function isForNew({ isNewLink, edits }: InvoiceChange): boolean {
  return isNewLink || edits.some(({ field }) => field === 'customer');
}
