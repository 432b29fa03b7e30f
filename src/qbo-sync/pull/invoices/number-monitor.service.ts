import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { invoiceNumberTaken } from '../../../messages/inbox-reasons.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import type { InvoiceChange } from './invoice-diff.js';
import { InvoiceRecordsRepository } from './invoice-records.repository.js';
import { proposalNamed } from './taken-number.js';

/**
 * Tells where somebody gave an invoice of ours the number of another one in QuickBooks: customers are asked to pay
 * under that number, and a bookkeeper finds the wrong one by it. Here nothing is found by a number alone.
 */
@Injectable()
export class NumberMonitorService {
  constructor(
    private readonly records: InvoiceRecordsRepository,
    private readonly operations: OperationsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction, after what it changed is written. */
  async report(tx: EntityManager, company: QboCompany, change: InvoiceChange): Promise<void> {
    const { next, event, renumbered } = change;
    const { orgId } = company;
    const subject = `invoice.number:${next.qboInvoiceId}`;
    if (event === 'invoice_voided' || event === 'invoice_deleted')
      return this.inbox.resolveSubject(tx, orgId, subject);
    if (!renumbered) return;
    const { proposalId, customerId, number, qboInvoiceId } = next;
    const sharer = await this.records.findSameNumber(tx, company, next);
    const otherId = sharer ?? proposalNamed(number, proposalId);
    if (otherId === null) return this.inbox.resolveSubject(tx, orgId, subject);
    const customer = await this.operations.customerName(tx, { orgId, proposalId });
    const invoice = { number: number ?? qboInvoiceId, proposalId, customer };
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'invoice_number_taken',
      reason: invoiceNumberTaken(invoice, { otherId, from: renumbered.from }),
      proposalId,
      customerId,
    });
  }
}
