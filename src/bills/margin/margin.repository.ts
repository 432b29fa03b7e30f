import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

export interface JobRevenue {
  proposalId: number;
  customerId: number | null;
  currency: string;
  revenueCents: number;
}

/** What contracts earned by policy `invoice`: what was invoiced before tax, less credits. Reads only. */
@Injectable()
export class MarginRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Each contract with what its invoices of these days earned: a deposit that is held as a liability earns nothing
   * until an invoice releases it.
   */
  async listRevenue(
    orgId: number,
    { from, to, proposalId }: { from: CalendarDay | null; to: CalendarDay | null; proposalId: number | null },
  ): Promise<JobRevenue[]> {
    return this.dataSource.query(
      `select k.proposal_id as "proposalId", k.customer_id as "customerId", k.currency,
              coalesce(earned.cents, 0)::float8 as "revenueCents"
         from contracts k
         left join lateral (
           select sum(case when k.deposit_mode = 'liability' and i.kind = 'deposit' then 0
                           else i.total_cents - coalesce(i.tax_cents, 0)
                                + case when k.deposit_mode = 'liability' then i.released_cents else 0 end end
                      - coalesce(credit.cents, 0)) as cents
             from invoices i
             left join lateral (
               select sum(p.amount_cents) as cents from invoice_payments p
                where p.org_id = i.org_id and p.realm_id = i.qbo_realm_id and p.qbo_invoice_id = i.qbo_invoice_id
                  and p.kind = 'credit' and p.removed_at is null) as credit on true
            where i.org_id = k.org_id and i.proposal_id = k.proposal_id and i.total_cents is not null
              and coalesce(i.state, 'open') not in ('voided', 'deleted')
              and ($2::date is null or i.txn_date >= $2) and ($3::date is null or i.txn_date <= $3)) as earned on true
        where k.org_id = $1 and ($4::int is null or k.proposal_id = $4)
        order by k.proposal_id`,
      [orgId, from, to, proposalId],
    );
  }
}
