import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ActivityRepository } from '../../../../../proposals/activity/activity.repository.js';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { ProposalCustomersRepository } from '../../../../../proposals/rows/proposal-customers.repository.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { InvoiceChange } from '../../invoice-diff.js';
import { EditedCustomersRepository } from './edited-customers.repository.js';
import {
  EXTERNAL_EDIT_FIELDS,
  type ExternalEditField,
  type InvoiceEdit,
  externalEditReason,
  subjectOfCurrency,
  subjectOfEdit,
  subjectOfHeld,
  subjectOfTotal,
  subjectOfUnwanted,
} from './external-edits.js';

/**
 * Tells what somebody edited on an invoice in QuickBooks: logged with both values, and put before a person until the
 * values agree again or there is nothing left to disagree about. Nothing is ever written back. That customers were
 * merged is no edit of each of their invoices.
 */
@Injectable()
export class ExternalEditMonitorService {
  constructor(
    private readonly edited: EditedCustomersRepository,
    private readonly inbox: InboxRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly activity: ActivityRepository,
  ) {}

  /** Part of the caller's transaction. */
  async report(tx: EntityManager, company: QboCompany, { next, event, edits }: InvoiceChange): Promise<void> {
    const { orgId } = company;
    const { qboInvoiceId, proposalId, customerId } = next;
    if (event === 'invoice_voided' || event === 'invoice_deleted') {
      for (const field of EXTERNAL_EDIT_FIELDS) {
        await this.inbox.resolveSubject(tx, orgId, subjectOfEdit(next.id, field));
      }
      await this.inbox.resolveSubject(tx, orgId, subjectOfUnwanted(next.id));
      await this.inbox.resolveSubject(tx, orgId, subjectOfTotal(next.id));
      await this.inbox.resolveSubject(tx, orgId, subjectOfCurrency(next.id));
      await this.inbox.resolveSubject(tx, orgId, subjectOfHeld(next.id));
    }
    if (edits.length === 0) return;
    const values = (side: 'before' | 'after'): Record<string, number | string> =>
      Object.fromEntries(edits.map((edit) => [META_NAMES[edit.field], edit[side]]));
    await this.activity.log(tx, {
      orgId,
      customerId,
      proposalId,
      event: 'invoice_changed',
      occurrence: `${qboInvoiceId}@${next.syncToken}`,
      meta: {
        qbo_invoice_id: qboInvoiceId,
        qbo_invoice_number: next.number,
        before: values('before'),
        after: values('after'),
      },
    });
    for (const edit of edits) {
      const subject = subjectOfEdit(next.id, edit.field);
      if (edit.after === edit.original || (await this.isExplained(tx, company, next.id, edit))) {
        await this.inbox.resolveSubject(tx, orgId, subject);
      } else {
        const customer = await this.customers.nameOf(tx, { orgId, proposalId });
        const reason = externalEditReason(next, edit, customer);
        await this.inbox.open(tx, { orgId, subject, code: 'invoice_drift', reason, proposalId, customerId });
      }
    }
  }

  /**
   * Closes what is no question any more though the invoice stayed as it is: its customer here was linked to the one it
   * is made out to, or the one before was merged. Part of the caller's transaction, after it wrote who is known.
   */
  async review(tx: EntityManager, company: QboCompany): Promise<void> {
    const asked = await this.edited.listAsked(tx, company);
    for (const id of await this.edited.listExplained(tx, company, asked))
      await this.inbox.resolveSubject(tx, company.orgId, subjectOfEdit(id, 'customer'));
  }

  private async isExplained(
    tx: EntityManager,
    company: QboCompany,
    invoiceId: number,
    { field }: InvoiceEdit,
  ): Promise<boolean> {
    return field === 'customer' && (await this.edited.listExplained(tx, company, [invoiceId])).has(invoiceId);
  }
}

const META_NAMES: Record<ExternalEditField, string> = {
  amount: 'amount_cents',
  customer: 'qbo_customer_id',
  date: 'txn_date',
};
