import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ActivityRepository } from '../../../../proposals/activity.repository.js';
import { InboxRepository } from '../../../../inbox/inbox.repository.js';
import { ProposalCustomersRepository } from '../../../../proposals/proposal-customers.repository.js';
import type { InvoiceChange } from '../invoice-diff.js';
import {
  EXTERNAL_EDIT_FIELDS,
  type ExternalEditField,
  externalEditReason,
  subjectOfEdit,
  subjectOfHeld,
  subjectOfTotal,
  subjectOfUnwanted,
} from './external-edits.js';

/**
 * Tells what somebody edited on an invoice in QuickBooks: logged with both values, and put before a person until the
 * values agree again or there is nothing left to disagree about. Nothing is ever written back.
 */
@Injectable()
export class ExternalEditMonitorService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly customers: ProposalCustomersRepository,
    private readonly activity: ActivityRepository,
  ) {}

  /** Part of the caller's transaction. */
  async report(tx: EntityManager, orgId: number, { next, event, edits }: InvoiceChange): Promise<void> {
    const { qboInvoiceId, proposalId, customerId } = next;
    if (event === 'invoice_voided' || event === 'invoice_deleted') {
      for (const field of EXTERNAL_EDIT_FIELDS) {
        await this.inbox.resolveSubject(tx, orgId, subjectOfEdit(next.id, field));
      }
      await this.inbox.resolveSubject(tx, orgId, subjectOfUnwanted(next.id));
      await this.inbox.resolveSubject(tx, orgId, subjectOfTotal(next.id));
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
      if (edit.after === edit.original) {
        await this.inbox.resolveSubject(tx, orgId, subject);
      } else {
        const customer = await this.customers.nameOf(tx, { orgId, proposalId });
        const reason = externalEditReason(next, edit, customer);
        await this.inbox.open(tx, { orgId, subject, code: 'invoice_drift', reason, proposalId, customerId });
      }
    }
  }
}

const META_NAMES: Record<ExternalEditField, string> = {
  amount: 'amount_cents',
  customer: 'qbo_customer_id',
  date: 'txn_date',
};
