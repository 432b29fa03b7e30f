import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { accountOfLine, IS_COST } from '../../contracts/cost-lines-sql.js';
import { type Fact, LOCAL_NOW, SHOWN_ORG } from './gauges.js';

/** The month of each connected company of which the documents are mirrored; of any other costs are not known. */
const BOOKS = `
  select t.org_id, t.realm_id, coalesce(s.company_currency, s.currency, 'USD') as home_currency,
         date_trunc('month', ${LOCAL_NOW})::date as first_day,
         (date_trunc('month', ${LOCAL_NOW}) + interval '1 month')::date as next_month
    from qbo_tokens t
    join qbo_document_mirrors m on m.org_id = t.org_id and m.realm_id = t.realm_id and m.filled_at is not null
    left join org_settings s on s.org_id = t.org_id
   where t.state = 'connected'`;

/** What was earned in the month by the events that are posted. */
const REVENUE = `
  select e.org_id, e.currency, e.cents
    from books b
    join revenue_balances e on e.org_id = b.org_id and e.month = b.first_day and e.kind = 'earned'`;

/** The lines of the month's bills, vendor credits and purchases. */
const COST_LINES = `
  select d.org_id, d.realm_id, d.type, d.qbo_id, l.line, coalesce(d.currency, b.home_currency) as currency,
         ${IS_COST} as is_cost, coalesce(c.id, x.customer_id) as customer_id, pr.proposal_id as project_of,
         case when d.type = 'VendorCredit' or d.refund then -l.cents else l.cents end as cents
    from books b
    join qbo_documents d on d.org_id = b.org_id and d.realm_id = b.realm_id
                        and d.type in ('Bill', 'VendorCredit', 'Purchase') and d.state <> 'deleted'
                        and d.txn_on >= b.first_day and d.txn_on < b.next_month
    join qbo_document_lines l on l.org_id = d.org_id and l.realm_id = d.realm_id and l.type = d.type
                             and l.qbo_id = d.qbo_id
    ${accountOfLine('l')}
    left join customers c on c.org_id = d.org_id and coalesce(c.qbo_realm_id, d.realm_id) = d.realm_id
                         and l.party_kind = 'customer' and c.qbo_customer_id = l.party_id
    left join customer_currency_links x on x.org_id = d.org_id and x.realm_id = d.realm_id
                                       and l.party_kind = 'customer' and x.qbo_customer_id = l.party_id
    left join cost_projects pr on pr.org_id = d.org_id and pr.realm_id = d.realm_id and l.party_kind = 'customer'
                              and pr.qbo_customer_id = l.party_id`;

/**
 * Customers on these lines with one live contract, which bears what nobody decided of them. Each contract asks for its
 * proposal: a planner that knows how many an organisation has in the mean goes through all of a large one for each.
 */
const ONLY_JOBS = `
  select k.org_id, k.customer_id, min(k.proposal_id) as proposal_id, min(k.currency) as currency
    from contracts k
   where (k.org_id, k.customer_id) in (select org_id, customer_id from cost_lines)
     and (select p.status from leads p where p.org_id = k.org_id and p.id = k.proposal_id) <> 'cancelled'
   group by k.org_id, k.customer_id having count(*) = 1`;

/** What people decided of a line: all that is accepted, of it what a contract of the same currency bears, and whose. */
const DECIDED = `
  select org_id, realm_id, type, qbo_id, line, sum(a.cents) filter (where a.state = 'accepted') as cents,
         sum(a.cents) filter (where a.state = 'accepted' and k.currency = l.currency) as borne_cents,
         array_agg(a.proposal_id) as proposals
    from cost_lines l
    join cost_allocations a using (org_id, realm_id, type, qbo_id, line)
    left join contracts k using (org_id, proposal_id)
   group by org_id, realm_id, type, qbo_id, line`;

/** Whose the rest of a line is, where it costs something: the job of its project, else the only job of its customer. */
const REST = `
  select l.*, coalesce(l.project_of, j.proposal_id) as rest_of, coalesce(k.currency, j.currency) as rest_currency
    from cost_lines l
    left join contracts k on k.org_id = l.org_id and k.proposal_id = l.project_of
    left join only_jobs j on l.project_of is null and j.org_id = l.org_id and j.customer_id = l.customer_id`;

/** So much of a line `l` as was decided, without its sign; nothing where it has turned since. */
function sameWay(cents: string): string {
  return `greatest(coalesce(${cents}, 0) * sign(l.cents), 0)`;
}

/** What contracts bear of these lines; of one that was lowered later no more than it has, of one that turned none. */
const COSTS = `
  select l.org_id, l.currency,
         sum(sign(l.cents) * (least(${sameWay('d.borne_cents')}, abs(l.cents))
             + case when l.is_cost and l.rest_currency = l.currency
                         and not coalesce(l.rest_of = any (d.proposals), false)
                    then greatest(abs(l.cents) - ${sameWay('d.cents')}, 0) else 0 end)) as cents
    from rest l
    left join decided d using (org_id, realm_id, type, qbo_id, line)
   group by l.org_id, l.currency`;

/**
 * What is left of the month's revenue when its costs are borne, before fees: revenue less cost of `GET /reports/margin`
 * over the calendar month, by the events that are posted and the documents of the company that are mirrored.
 */
@Injectable()
export class MarginFiguresRepository {
  async read(tx: EntityManager, now: Date): Promise<Fact[]> {
    const rows = await tx.query<{ org: string; currency: string; cents: string }[]>(
      `with books as materialized (${BOOKS}), revenue as (${REVENUE}), cost_lines as materialized (${COST_LINES}),
            only_jobs as (${ONLY_JOBS}), decided as (${DECIDED}), rest as (${REST}), costs as (${COSTS})
       select ${SHOWN_ORG} as org, currency, sum(cents) as cents
         from (select org_id, currency, cents from revenue
               union all
               select org_id, currency, -cents from costs
               union all
               select org_id, home_currency, 0 from books) figures
        group by 1, 2`,
      [now],
    );
    return rows.map(({ org, currency, cents }) => ({
      gauge: 'crm_period_margin_cents',
      labels: { org_id: org, currency, period: 'month' },
      value: Number(cents),
    }));
  }
}
