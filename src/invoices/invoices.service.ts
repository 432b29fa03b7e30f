import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgSettingsService } from '../orgs/org-settings.service.js';
import { notFound } from '../platform/errors/domain-error.js';
import type { Page } from '../platform/http/page.dto.js';
import { dayInZone } from '../platform/time/calendar-day.js';
import { Clock } from '../platform/time/clock.js';
import { invoiceCursorOf, positionOf } from './invoice-cursor.js';
import type { InvoicesQuery } from './invoice.dto.js';
import { InvoiceListRepository, type ListedInvoice } from './invoice-list.repository.js';

/** Reads invoices for people. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoiceListRepository,
    private readonly settings: OrgSettingsService,
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

  async list(orgId: number, query: InvoicesQuery): Promise<Page<ListedInvoice>> {
    const { limit, sort } = query;
    const after = positionOf(sort, query.cursor);
    const { timeZone } = await this.settings.get(orgId);
    const today = dayInZone(this.clock.now(), timeZone);
    const { invoices, keys } = await this.invoices.list(
      this.dataSource.manager,
      orgId,
      {
        state: query.state,
        kind: query.kind,
        proposalId: query.proposal_id,
        customerId: query.customer_id,
        overdue: query.overdue,
        search: query.search,
      },
      { sort, after, limit, today },
    );
    const items = invoices.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      next_cursor:
        invoices.length > limit && last
          ? invoiceCursorOf(sort, { key: keys[limit - 1]!, id: last.invoice.id })
          : null,
    };
  }
}
