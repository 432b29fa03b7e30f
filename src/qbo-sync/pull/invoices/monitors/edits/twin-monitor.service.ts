import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { InvoicesRepository } from '../../../../../invoices/invoices.repository.js';
import { invoiceTwice } from '../../../../../messages/reasons/invoice-reasons.js';
import { ProposalCustomersRepository } from '../../../../../proposals/rows/proposal-customers.repository.js';
import { subjectOfTwice } from './external-edits.js';
import type { InvoiceChange } from '../../invoice-diff.js';

/**
 * Tells where an entry is billed twice, because the void of an invoice was undone in QuickBooks after another one was
 * made in its place: both are owed there, and the customer is asked for the newer alone.
 */
@Injectable()
export class TwinMonitorService {
  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction, after what it changed is written. */
  async report(tx: EntityManager, orgId: number, { next, event, hasCome }: InvoiceChange): Promise<void> {
    const isGone = event === 'invoice_voided' || event === 'invoice_deleted';
    if (!hasCome && !isGone) return;
    const { proposalId, customerId } = next;
    const changed = (await this.invoices.findInOrg(tx, orgId, next.id))!;
    const [newer, older] = await this.invoices.listStanding(tx, changed);
    const subject = subjectOfTwice(changed);
    if (!newer || !older) return isGone ? this.inbox.resolveSubject(tx, orgId, subject) : undefined;
    if (!hasCome) return;
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const nameOf = (one: typeof older): string => one.number ?? one.qboInvoiceId!;
    const total = { cents: older.totalCents ?? 0, currency: older.currency };
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'invoice_twice',
      reason: invoiceTwice({ number: nameOf(older), proposalId, customer }, total, nameOf(newer)),
      invoiceId: older.id,
      proposalId,
      customerId,
    });
  }
}
