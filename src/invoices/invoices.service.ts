import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { OrgSettingsService } from '../orgs/org-settings.service.js';
import { notFound } from '../platform/errors/domain-error.js';
import { type SortPosition, sortPosition } from '../platform/http/lists/sorted-page.js';
import { dayInZone } from '../platform/time/calendar-day.js';
import { Clock } from '../platform/time/clock.js';
import type { InvoicesQuery } from './invoice.dto.js';
import { INVOICE_SORT_KEYS, InvoiceListRepository, type ListedInvoice } from './invoice-list.repository.js';
import { InvoicesRepository } from './invoices.repository.js';

/** Reads invoices for people, and keeps what they choose about one. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoiceListRepository,
    private readonly rows: InvoicesRepository,
    private readonly settings: OrgSettingsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Throws not found for an invoice of others. */
  async get(orgId: number, id: number): Promise<ListedInvoice> {
    const [invoice] = await this.invoices.get(this.dataSource.manager, orgId, [id]);
    if (!invoice) throw notFound('invoice', id);
    return invoice;
  }

  /** These invoices, in this order. */
  async getAll(orgId: number, ids: readonly number[]): Promise<ListedInvoice[]> {
    return this.invoices.get(this.dataSource.manager, orgId, ids);
  }

  /** Whether the customer is reminded of it. One that is made anew has its own choice. Throws as `get` does. */
  async chooseReminders(orgId: number, id: number, reminders: boolean): Promise<ListedInvoice> {
    await this.dataSource.transaction(async (tx) => {
      const before = await this.rows.getForUpdate(tx, orgId, id);
      if (before.reminders === reminders) return;
      await this.rows.chooseReminders(tx, before, reminders, this.clock.now());
      await this.audit.record(tx, orgId, {
        action: 'invoice.updated',
        subject: `invoice:${id}`,
        proposalId: before.proposalId,
        before: { reminders: before.reminders },
        after: { reminders },
      });
    });
    return this.get(orgId, id);
  }

  /** One more than the page holds. */
  async list(orgId: number, query: InvoicesQuery): Promise<(ListedInvoice & SortPosition)[]> {
    const { limit, sort } = query;
    const after = sortPosition(INVOICE_SORT_KEYS, query);
    const { timeZone } = await this.settings.get(orgId);
    const filter = {
      state: query.state,
      kind: query.kind,
      proposalId: query.proposal_id,
      customerId: query.customer_id,
      currency: query.currency,
      overdue: query.overdue,
      search: query.search,
    };
    const today = dayInZone(this.clock.now(), timeZone);
    return this.invoices.list(this.dataSource.manager, orgId, filter, { sort, after, limit }, today);
  }
}
