import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';

export interface JobRevenue {
  proposalId: number;
  customerId: number | null;
  currency: string;
  revenueCents: number;
  /** What Stripe kept of its payments; null where that of one is unknown, or in another currency. */
  feesCents: number | null;
}

export interface RevenueWindow {
  /** Days of `timeZone`, both included. */
  from: CalendarDay | null;
  to: CalendarDay | null;
  timeZone: string;
  proposalId: number | null;
}

/**
 * What contracts earned by policy `invoice`: what was invoiced before tax, less credits; and what Stripe kept of what
 * was paid. Reads only.
 */
@Injectable()
export class MarginRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Each contract with what its invoices of these days earned: a deposit that is held as a liability earns nothing
   * until an invoice releases it. The fees are those of the payments of these days, refunded or not.
   */
  async listRevenue(orgId: number, { from, to, timeZone, proposalId }: RevenueWindow): Promise<JobRevenue[]> {
    return this.dataSource.query(
      `select k.proposal_id as "proposalId", k.customer_id as "customerId", k.currency,
              coalesce(earned.cents, 0)::float8 as "revenueCents", fees.cents::float8 as "feesCents"
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
         left join lateral (
           select case when bool_or(paid.fee_currency is distinct from k.currency) then null
                       else coalesce(sum(paid.fee_cents), 0) end as cents
             from payments paid
            where paid.org_id = k.org_id and paid.proposal_id = k.proposal_id
              and ($2::date is null or (paid.paid_at at time zone $5)::date >= $2)
              and ($3::date is null or (paid.paid_at at time zone $5)::date <= $3)) as fees on true
        where k.org_id = $1 and ($4::int is null or k.proposal_id = $4)
        order by k.proposal_id`,
      [orgId, from, to, proposalId, timeZone],
    );
  }
}
