import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { inBatches } from '../platform/database/in-batches.js';
import { invalid, notFound } from '../platform/errors/domain-error.js';
import { type SortPosition, sortPosition } from '../platform/http/lists/sorted-page.js';
import { type CalendarDay, dayInZone } from '../platform/time/calendar-day.js';
import { Clock } from '../platform/time/clock.js';
import type { InvoicesQuery } from './invoice.dto.js';
import { INVOICE_SORT_KEYS, type InvoiceFilter } from './invoice-filter-sql.js';
import { InvoiceListRepository, type InvoiceRow, type ListedInvoice } from './invoice-list.repository.js';
import { InvoicesRepository } from './invoices.repository.js';

/** A CSV file is read in so many invoices at once. */
const CSV_BATCH = 1_000;

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

  /**
   * Every one that fits now, each once, in the order that they have now, in batches that are read when they are wanted.
   * Throws as `list` does.
   */
  async export(orgId: number, query: InvoicesQuery): Promise<AsyncGenerator<InvoiceRow[]>> {
    const { manager } = this.dataSource;
    const filter = filterOf(query);
    const ids = await this.invoices.ids(manager, orgId, filter, query.sort, await this.today(orgId));
    return inBatches(orgId, ids, CSV_BATCH, (some) => this.invoices.rows(manager, orgId, some));
  }

  /** One more than the page holds. Throws `invalid` where the days are turned. */
  async list(orgId: number, query: InvoicesQuery): Promise<(ListedInvoice & SortPosition)[]> {
    const { sort, limit, cursor } = query;
    const filter = filterOf(query);
    const after = sortPosition(INVOICE_SORT_KEYS, { sort, cursor });
    const today = await this.today(orgId);
    return this.invoices.list(this.dataSource.manager, orgId, filter, { sort, after, limit }, today);
  }

  private async today(orgId: number): Promise<CalendarDay> {
    const { timeZone } = await this.settings.get(orgId);
    return dayInZone(this.clock.now(), timeZone);
  }
}

function filterOf(query: InvoicesQuery): InvoiceFilter {
  const { from, to } = query;
  if (from !== undefined && to !== undefined && from > to) {
    throw invalid([{ field: 'to', message: 'to must not be before from' }]);
  }
  return {
    state: query.state,
    kind: query.kind,
    proposalId: query.proposal_id,
    customerId: query.customer_id,
    currency: query.currency,
    overdue: query.overdue,
    from,
    to,
    amountCents: query.amount_cents,
    search: query.search,
  };
}
