import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { MirroredInvoice } from './aging-comparison.js';

/** What QuickBooks' documents and the CRM say of invoices of ours, side by side. Reads only. */
@Injectable()
export class MirroredInvoicesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By the id in QuickBooks; an invoice that the mirror does not know is not among them. */
  async list(
    orgId: number,
    realmId: string,
    qboIds: readonly string[],
    { asOf, timeZone }: { asOf: CalendarDay; timeZone: string },
  ): Promise<MirroredInvoice[]> {
    if (qboIds.length === 0) return [];
    return this.dataSource.query<MirroredInvoice[]>(
      `select d.qbo_id as "qboId", d.state, d.total_cents::float8 as "totalCents",
              i.total_cents::float8 as "oursTotalCents",
              coalesce(applied.cents, 0)::float8 as "appliedCents",
              coalesce(known.cents, 0)::float8 as "oursAppliedCents",
              coalesce(applied.back_dated, false) as "backDated"
         from qbo_documents d
         left join invoices i on i.org_id = d.org_id and i.qbo_realm_id = d.realm_id and i.qbo_invoice_id = d.qbo_id
         left join lateral (
           select sum(l.cents) as cents,
                  bool_or(p.txn_on < ${dayOfOrgSql('p.first_seen_at', '$5')} and not exists (
                    select from invoice_payments k
                     where k.org_id = d.org_id and k.realm_id = d.realm_id and k.qbo_invoice_id = d.qbo_id
                       and k.qbo_payment_id = p.qbo_id and k.removed_at is null)) as back_dated
             from qbo_document_links l
             join qbo_documents p on p.org_id = l.org_id and p.realm_id = l.realm_id and p.type = l.type
                                 and p.qbo_id = l.qbo_id
            where l.org_id = d.org_id and l.realm_id = d.realm_id and l.to_type = 'Invoice' and l.to_id = d.qbo_id
              and p.state = 'live' and p.txn_on <= $4) as applied on true
         left join lateral (
           select sum(k.amount_cents) as cents from invoice_payments k
            where k.org_id = d.org_id and k.realm_id = d.realm_id and k.qbo_invoice_id = d.qbo_id
              and k.removed_at is null and k.paid_on <= $4) as known on true
        where d.org_id = $1 and d.realm_id = $2 and d.type = 'Invoice' and d.qbo_id = any ($3::text[])`,
      [orgId, realmId, qboIds, asOf, timeZone],
    );
  }
}
