import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../../../inbox/inbox.repository.js';
import { INVOICE_UNREAD_STEP } from '../../../../../messages/next-steps.js';
import { invoiceUnread } from '../../../../../messages/reasons/invoice-reasons.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { Unreadable } from '../../../../api/model/unreadable.js';
import { subjectOfUnread } from './unread-invoices.js';
import { UnreadInvoicesRepository } from './unread-invoices.repository.js';

/**
 * Has a person hear of invoices of ours that QuickBooks answers in a way that cannot be read: nothing that happens to
 * one is heard of here. What they decide holds until it was read in between.
 */
@Injectable()
export class UnreadInvoiceMonitorService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: UnreadInvoicesRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Part of the caller's transaction. */
  async report(tx: EntityManager, company: QboCompany, unread: readonly Unreadable[]): Promise<void> {
    if (unread.length === 0) return;
    const { orgId } = company;
    const reasons = new Map(unread.map(({ id, reason }) => [id, reason]));
    for (const one of await this.invoices.list(tx, company, [...reasons.keys()])) {
      const { qboInvoiceId, proposalId, customerId } = one;
      const subject = subjectOfUnread(one);
      if ((await this.inbox.lastDecision(tx, orgId, subject)) !== null) continue;
      await this.inbox.open(tx, {
        orgId,
        subject,
        code: 'malformed',
        reason: invoiceUnread(one, reasons.get(qboInvoiceId)!),
        nextStep: INVOICE_UNREAD_STEP,
        retry: null,
        proposalId,
        customerId,
      });
    }
  }

  /** Closes what is asked about these invoices, which were read. */
  async noteRead(company: QboCompany, qboInvoiceIds: readonly string[]): Promise<void> {
    if (qboInvoiceIds.length === 0) return;
    const subjects = await this.invoices.listAsked(this.dataSource.manager, company, qboInvoiceIds);
    if (subjects.length === 0) return;
    await this.dataSource.transaction((tx) => this.inbox.resolveSubjects(tx, company.orgId, subjects));
  }

  /** The same as part of the caller's transaction. */
  async noteReadIn(tx: EntityManager, company: QboCompany, qboInvoiceIds: readonly string[]): Promise<void> {
    if (qboInvoiceIds.length === 0) return;
    const subjects = await this.invoices.listAsked(tx, company, qboInvoiceIds);
    if (subjects.length > 0) await this.inbox.resolveSubjects(tx, company.orgId, subjects);
  }

  /** Closes what was read since, or stands for no invoice any more. Part of the caller's transaction. */
  async review(tx: EntityManager, company: QboCompany): Promise<void> {
    const subjects = await this.invoices.listOver(tx, company);
    if (subjects.length > 0) await this.inbox.resolveSubjects(tx, company.orgId, subjects);
  }
}
