import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { PaidDelay } from './cash-forecast.js';
import { liveInvoiceSql } from '../../invoices/invoice-state.js';

/** How much was invoiced, and how late invoices were paid. Invoices of our proposals; reads only. */
@Injectable()
export class CollectionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What was invoiced from one day to another, both included, by currency. */
  async invoicedBetween(
    orgId: number,
    from: CalendarDay,
    to: CalendarDay,
  ): Promise<{ currency: string; cents: number }[]> {
    return this.dataSource.query<{ currency: string; cents: number }[]>(
      `select currency, sum(total_cents)::float8 as cents from invoices
        where org_id = $1 and qbo_invoice_id is not null and total_cents is not null
          and ${liveInvoiceSql('invoices')} and txn_date between $2 and $3
        group by currency`,
      [orgId, from, to],
    );
  }

  /** The delay of each invoice that was paid in full on a day of these, both included. */
  async paidDelays(orgId: number, from: CalendarDay, to: CalendarDay): Promise<PaidDelay[]> {
    return this.dataSource.query<PaidDelay[]>(
      `select l.customer_id as "customerId", i.paid_on - coalesce(i.due_on, i.txn_date) as days
         from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
        where i.org_id = $1 and i.state = 'paid' and i.paid_on between $2 and $3
          and coalesce(i.due_on, i.txn_date) is not null`,
      [orgId, from, to],
    );
  }
}
