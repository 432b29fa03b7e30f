import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { customerNameSql } from '../../customers/customer-name-sql.js';
import { owingInvoiceSql } from '../../invoices/invoice-state.js';
import { Parameters } from '../../platform/database/statements/parameters.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { ReportPosition } from '../report-cursor.js';

/** Of which days and whom money is asked for; both days included. */
export interface ReceivedFilter {
  from: CalendarDay;
  to: CalendarDay;
  customerId?: number;
  currency?: string;
  amountCents?: number;
}

/** Money that came on one invoice of ours, as QuickBooks has it. */
export interface ReceivedDocument {
  /** Of the row; a later one was seen later. */
  id: string;
  paidOn: CalendarDay;
  customerId: number | null;
  customerName: string | null;
  proposalId: number;
  invoiceId: number;
  invoiceNumber: string | null;
  currency: string;
  amountCents: number;
  /** The payment by Stripe that it was recorded from; null where a person entered it. */
  paymentId: number | null;
  qboPaymentId: string;
  qboInvoiceId: string;
  realmId: string;
}

export interface ReceivedTotal {
  currency: string;
  rows: number;
  cents: number;
}

/** Invoices of ours on which more may have come than is known. */
export interface InvoiceGaps {
  unread: number;
  elsewhere: number;
}

const FROM = `
  from invoice_payments p
  join invoices i on i.org_id = p.org_id and i.qbo_realm_id = p.realm_id and i.qbo_invoice_id = p.qbo_invoice_id
  join leads l on l.org_id = i.org_id and l.id = i.proposal_id
  left join customers c on c.org_id = l.org_id and c.id = l.customer_id`;

/** The money on invoices of ours, whoever entered it in QuickBooks. Reads only. */
@Injectable()
export class ReceivedRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By day, and of one day as they were seen, from after a position; one more than `limit`. */
  async list(
    orgId: number,
    filter: ReceivedFilter,
    { limit, after }: { limit: number; after: ReportPosition | null },
  ): Promise<ReceivedDocument[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const conditions = conditionsOf(filter, place);
    if (after)
      conditions.push(`(p.paid_on, p.id) > (${place(after.day)}::date, ${place(after.key)}::bigint)`);
    return this.dataSource.query<ReceivedDocument[]>(
      `select p.id, p.paid_on::text as "paidOn", l.customer_id as "customerId",
              ${customerNameSql('c')} as "customerName", i.proposal_id as "proposalId", i.id as "invoiceId",
              i.number as "invoiceNumber", i.currency, p.amount_cents::float8 as "amountCents",
              (select r.payment_id from recorded_payments r
                where r.org_id = p.org_id and r.realm_id = p.realm_id and r.qbo_payment_id = p.qbo_payment_id
                  and p.kind = 'payment' limit 1) as "paymentId",
              p.qbo_payment_id as "qboPaymentId", p.qbo_invoice_id as "qboInvoiceId", p.realm_id as "realmId"
         ${FROM}
        where p.org_id = ${org} and ${conditions.join(' and ')}
        order by p.paid_on, p.id limit ${place(limit + 1)}`,
      values,
    );
  }

  /** Of all of it, by currency. */
  async totals(orgId: number, filter: ReceivedFilter): Promise<ReceivedTotal[]> {
    return this.sums(orgId, (place) => conditionsOf(filter, place));
  }

  /** Of what has no day, by currency. */
  async undated(orgId: number, filter: ReceivedFilter): Promise<ReceivedTotal[]> {
    return this.sums(orgId, (place) => ['p.paid_on is null', ...conditionsOnMoney(filter, place)]);
  }

  /**
   * How many invoices of ours that the money asked for may have come on, by the company that was connected last: those
   * in it that were never read, or their payments not all; and those in other ones that may be paid there since.
   */
  async countGaps(orgId: number, realmId: string, filter: ReceivedFilter): Promise<InvoiceGaps> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const realm = place(realmId);
    const conditions = ['true']; // of any day: money may be dated before its invoice
    if (filter.customerId !== undefined) conditions.push(`l.customer_id = ${place(filter.customerId)}`);
    if (filter.currency !== undefined) conditions.push(`i.currency = ${place(filter.currency)}`);
    const count = (which: string): string => `
      (select count(*) from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
        where i.org_id = ${org} and ${which} and ${conditions.join(' and ')})`;
    const isHere = `(i.qbo_realm_id = ${realm} or i.qbo_realm_id is null)`;
    const mayBePaid = `(i.state is null or i.payments_incomplete or ${owingInvoiceSql('i')})`;
    const [row] = await this.dataSource.query<[InvoiceGaps]>(
      `select (${count(`i.payments_incomplete and ${isHere}`)}
             + ${count(`not i.payments_incomplete and i.state is null and i.qbo_invoice_id is not null and ${isHere}`)}
              )::int as unread,
              (${count(`i.qbo_invoice_id is not null and i.qbo_realm_id < ${realm} and ${mayBePaid}`)}
             + ${count(`i.qbo_invoice_id is not null and i.qbo_realm_id > ${realm} and ${mayBePaid}`)}
              )::int as elsewhere`,
      values,
    );
    return row;
  }

  private async sums(
    orgId: number,
    conditionsBy: (place: (value: unknown) => string) => string[],
  ): Promise<ReceivedTotal[]> {
    const { values, place } = new Parameters();
    const org = place(orgId);
    const conditions = conditionsBy(place);
    return this.dataSource.query<ReceivedTotal[]>(
      `select i.currency, count(*)::int as rows, sum(p.amount_cents)::float8 as cents ${FROM}
        where p.org_id = ${org} and ${conditions.join(' and ')} group by 1 order by 1`,
      values,
    );
  }
}

function conditionsOf(filter: ReceivedFilter, place: (value: unknown) => string): string[] {
  const { from, to } = filter;
  return [
    `p.paid_on between ${place(from)}::date and ${place(to)}::date`,
    ...conditionsOnMoney(filter, place),
  ];
}

/** Of whichever day. Credits are no money. */
function conditionsOnMoney(
  { customerId, currency, amountCents }: ReceivedFilter,
  place: (value: unknown) => string,
): string[] {
  const conditions = [`p.removed_at is null and p.kind <> 'credit'`];
  if (customerId !== undefined) conditions.push(`l.customer_id = ${place(customerId)}`);
  if (currency !== undefined) conditions.push(`i.currency = ${place(currency)}`);
  if (amountCents !== undefined) conditions.push(`p.amount_cents = ${place(amountCents)}::bigint`);
  return conditions;
}
