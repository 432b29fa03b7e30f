import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { RevenueItem } from '../events/revenue-event.js';
import { customerNameSql } from '../../customers/customer-name-sql.js';
import type { RevenueBasis } from '../revenue-basis.js';

export type RevenueGrouping = 'month' | 'proposal' | 'customer' | 'item';

export interface RevenueSum {
  key: string;
  label: string;
  currency: string;
  earnedCents: number;
  /** Of one proposal, where rows are proposals. */
  proposalId: number | null;
  customerId: number | null;
  /** The newest invoice of the proposal, or the customer, in QuickBooks. */
  qboId: string | null;
  /** The company of QuickBooks that has it. */
  realmId: string | null;
}

/** A contract's balance of what was billed and not earned, in a month. */
export interface DeferredSum {
  proposalId: number;
  currency: string;
  openingCents: number;
  billedCents: number;
  earnedCents: number;
  creditedCents: number;
  /** Of events whose own day lies in an earlier month, which was closed when they were posted. */
  adjustmentCents: number;
  closingCents: number;
}

/** Which revenue is asked for, between two days, both included. */
export interface RevenueQuestion {
  basis: RevenueBasis;
  by: RevenueGrouping;
  from: CalendarDay;
  to: CalendarDay;
  item?: RevenueItem;
}

/** An invoice in QuickBooks, and the company that has it; null where that is not known yet. */
export interface NamedJob {
  name: string;
  customerName: string | null;
  /** Of its newest invoice; null where it has none in QuickBooks. */
  qboId: string | null;
  realmId: string | null;
}

/** Key, label and links of a group; `e` is the event, `l` its proposal, `c` its customer. */
const GROUPS: Readonly<Record<RevenueGrouping, { key: string; label: string; more: string }>> = {
  month: {
    key: `to_char(e.posted_on, 'YYYY-MM')`,
    label: `to_char(e.posted_on, 'YYYY-MM')`,
    more: `null::int as "proposalId", null::int as "customerId", null::text as "qboId",
           null::text as "realmId"`,
  },
  proposal: {
    key: `e.proposal_id::text`,
    label: `max(l.name)`,
    more: `e.proposal_id as "proposalId", max(l.customer_id) as "customerId", max(l.qbo_invoice_id) as "qboId",
           (select i.qbo_realm_id from invoices i
             where i.org_id = max(e.org_id) and i.proposal_id = e.proposal_id
               and i.qbo_invoice_id = max(l.qbo_invoice_id) order by i.id desc limit 1) as "realmId"`,
  },
  customer: {
    key: `coalesce(l.customer_id::text, 'none')`,
    label: `coalesce(max(${customerNameSql('c')}), 'No customer')`,
    more: `null::int as "proposalId", max(l.customer_id) as "customerId", max(c.qbo_customer_id) as "qboId",
           max(c.qbo_realm_id) as "realmId"`,
  },
  item: {
    key: `e.item`,
    label: `e.item`,
    more: `null::int as "proposalId", null::int as "customerId", null::text as "qboId",
           null::text as "realmId"`,
  },
};
const GROUP_BY: Readonly<Record<RevenueGrouping, string>> = {
  month: '1, 2',
  proposal: 'e.proposal_id',
  customer: 'l.customer_id',
  item: 'e.item',
};

/** Sums of the journal of revenue. A closed month's never change, for nothing is posted into it. Reads only. */
@Injectable()
export class RevenueSumsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What was earned, or received before tax, between two days, both included. */
  async listRevenue(orgId: number, { basis, from, to, by, item }: RevenueQuestion): Promise<RevenueSum[]> {
    const { key, label, more } = GROUPS[by];
    const what = basis === 'accrual' ? `e.kind = 'earned'` : `e.kind = 'received' and e.item <> 'tax'`;
    const people =
      by === 'proposal' || by === 'customer'
        ? `join leads l on l.org_id = e.org_id and l.id = e.proposal_id
           left join customers c on c.org_id = l.org_id and c.id = l.customer_id`
        : '';
    return this.dataSource.query(
      `select ${key} as key, ${label} as label, e.currency, sum(e.cents)::float8 as "earnedCents", ${more}
         from revenue_events e ${people}
        where e.org_id = $1 and ${what} and e.posted_on between $2 and $3 ${item === undefined ? '' : 'and e.item = $4'}
        group by ${GROUP_BY[by]}, e.currency having sum(e.cents) <> 0
        order by e.currency, ${by === 'proposal' ? 'e.proposal_id' : '1'}`,
      item === undefined ? [orgId, from, to] : [orgId, from, to, item],
    );
  }

  /** What people call each proposal, and its newest invoice. Apart from the sums, which closed months hash. */
  async listNamed(orgId: number, proposalIds: readonly number[]): Promise<Map<number, NamedJob>> {
    const rows: (NamedJob & { id: number })[] = await this.dataSource.query(
      `select l.id, l.name, ${customerNameSql('c')} as "customerName", l.qbo_invoice_id as "qboId",
              (select i.qbo_realm_id from invoices i
                where i.org_id = l.org_id and i.proposal_id = l.id and i.qbo_invoice_id = l.qbo_invoice_id
                order by i.id desc limit 1) as "realmId"
         from leads l
         left join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where l.org_id = $1 and l.id = any($2::int[])`,
      [orgId, proposalIds],
    );
    return new Map(rows.map(({ id, ...job }) => [id, job]));
  }

  /** Every contract with a deferred balance before, in or after a month. */
  async listDeferred(
    orgId: number,
    month: string,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<DeferredSum[]> {
    return tx.query(
      `with signed as (
         select e.proposal_id, e.currency, e.kind, e.posted_on < m.first as before, e.event_on < m.first as late,
                e.cents, case e.kind when 'billed' then e.cents else -e.cents end as deferred
           from revenue_events e, (select to_date($2, 'YYYY-MM') as first) m
          where e.org_id = $1 and e.kind in ('billed', 'earned', 'credited')
            and e.posted_on < m.first + interval '1 month'),
       summed as (
         select proposal_id, currency,
                coalesce(sum(deferred) filter (where before), 0) as opening,
                coalesce(sum(cents) filter (where kind = 'billed' and not before and not late), 0) as billed,
                coalesce(sum(cents) filter (where kind = 'earned' and not before and not late), 0) as earned,
                coalesce(sum(cents) filter (where kind = 'credited' and not before and not late), 0) as credited,
                coalesce(sum(deferred) filter (where not before and late), 0) as adjustment,
                sum(deferred) as closing, bool_or(not before) as moved
           from signed group by proposal_id, currency)
       select proposal_id as "proposalId", currency, opening::float8 as "openingCents",
              billed::float8 as "billedCents", earned::float8 as "earnedCents", credited::float8 as "creditedCents",
              adjustment::float8 as "adjustmentCents", closing::float8 as "closingCents"
         from summed where opening <> 0 or closing <> 0 or moved
        order by proposal_id, currency`,
      [orgId, month],
    );
  }
}
