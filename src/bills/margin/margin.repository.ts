import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { customerNameSql } from '../../customers/customer-name-sql.js';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import type { JobRevenue, MarginWindow } from './margin.js';

export interface RevenueWindow extends MarginWindow {
  /** Whose days they are. */
  timeZone: string;
  proposalId: number | null;
}

const CONTRACT_OF_JOB = 'select k.id from contracts k where k.org_id = $1 and k.proposal_id = $5';

/** What contracts earned by their policies, as the journal of revenue has it, and what Stripe kept. Reads only. */
@Injectable()
export class MarginRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Each contract with what was earned by events that count in these days, credits without their tax. The fees are
   * those of the payments of these days, refunded or not.
   */
  async listRevenue(orgId: number, { from, to, timeZone, proposalId }: RevenueWindow): Promise<JobRevenue[]> {
    const isOfJob = proposalId !== null;
    return this.dataSource.query(
      `with earned as (
         select e.contract_id, sum(e.cents) as cents from revenue_events e
          where e.org_id = $1 and e.kind = 'earned' ${isOfJob ? `and e.contract_id = (${CONTRACT_OF_JOB})` : ''}
            and e.posted_on between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
          group by e.contract_id),
       fees as (
         select paid.proposal_id, sum(paid.fee_cents) as cents,
                bool_or(paid.fee_currency is distinct from k.currency) as unknown
           from payments paid
           join contracts k on k.org_id = paid.org_id and k.proposal_id = paid.proposal_id
          where paid.org_id = $1 ${isOfJob ? 'and paid.proposal_id = $5' : ''}
            and ($2::date is null or ${dayOfOrgSql('paid.paid_at', '$4')} >= $2)
            and ($3::date is null or ${dayOfOrgSql('paid.paid_at', '$4')} <= $3)
          group by paid.proposal_id)
       select k.proposal_id as "proposalId", l.name as "proposalName", k.customer_id as "customerId",
              ${customerNameSql('c')} as "customerName", k.currency, k.revenue_policy as policy,
              coalesce(e.cents, 0)::float8 as "revenueCents",
              (case when f.unknown then null else coalesce(f.cents, 0) end)::float8 as "feesCents",
              l.qbo_invoice_id as "qboInvoiceId", newest.qbo_realm_id as "qboRealmId"
         from contracts k
         join leads l on l.org_id = k.org_id and l.id = k.proposal_id
         left join customers c on c.org_id = k.org_id and c.id = k.customer_id
         left join lateral (
           select i.qbo_realm_id from invoices i
            where i.org_id = l.org_id and i.proposal_id = l.id and i.qbo_invoice_id = l.qbo_invoice_id
            order by i.id desc limit 1) newest on true
         left join earned e on e.contract_id = k.id
         left join fees f on f.proposal_id = k.proposal_id
        where k.org_id = $1 ${isOfJob ? 'and k.proposal_id = $5' : ''}
        order by k.proposal_id`,
      [orgId, from, to, timeZone, ...(isOfJob ? [proposalId] : [])],
    );
  }
}
