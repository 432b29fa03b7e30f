import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { invoiceNumberTaken } from '../../../../../messages/reasons/invoice-reasons.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import { ProposalCustomersRepository } from '../../../../../proposals/rows/proposal-customers.repository.js';
import type { InvoiceChange } from '../../invoice-diff.js';
import type { InvoiceRecord } from '../../invoice-record.js';
import { InvoiceRecordsRepository } from '../../invoice-records.repository.js';

/**
 * Tells where somebody gave an invoice of ours the number of another one in QuickBooks: customers are asked to pay
 * under that number, and a bookkeeper finds the wrong one by it. Here nothing is found by a number alone.
 */
@Injectable()
export class NumberMonitorService {
  constructor(
    private readonly records: InvoiceRecordsRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction, after what it changed is written. */
  async report(tx: EntityManager, company: QboCompany, change: InvoiceChange): Promise<void> {
    const { next, event, renumbered } = change;
    const isGone = event === 'invoice_voided' || event === 'invoice_deleted';
    if (isGone) await this.inbox.resolveSubject(tx, company.orgId, subjectOf(next));
    else if (renumbered) await this.judge(tx, company, next, renumbered.from);
    const freed = isGone ? next.number : (renumbered?.from ?? null);
    if (freed === null) return;
    for (const bearer of await this.records.listNumbered(tx, company, freed)) {
      const isFree = (await this.records.findOfNumber(tx, company, bearer)) === null;
      if (isFree) await this.inbox.resolveSubject(tx, company.orgId, subjectOf(bearer));
    }
  }

  /** Asks about an invoice whose number is that of another, or of a proposal that has none yet. */
  private async judge(
    tx: EntityManager,
    company: QboCompany,
    next: InvoiceRecord,
    before: string,
  ): Promise<void> {
    const { orgId } = company;
    const { proposalId, customerId, number, qboInvoiceId } = next;
    const subject = subjectOf(next);
    // The number before may have been another's as well.
    const own = (await this.records.findFirstNumber(tx, orgId, next)) ?? before;
    const otherId = number === own ? null : await this.records.findOfNumber(tx, company, next);
    if (otherId === null) return this.inbox.resolveSubject(tx, orgId, subject);
    const customer = await this.customers.nameOf(tx, { orgId, proposalId });
    const invoice = { number: number ?? qboInvoiceId, proposalId, customer };
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'invoice_number_taken',
      reason: invoiceNumberTaken(invoice, { otherId, own }),
      proposalId,
      customerId,
    });
  }
}

function subjectOf({ id }: Pick<InvoiceRecord, 'id'>): string {
  return `invoice.number:${id}`;
}
