import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { dayBySettingsSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { type Fact, ORGS_SHOWN_MAX, SHOWN_ORG } from './gauges.js';
import { goneRefundSql } from '../../payments/ledger/refunds/refund-state.js';

/**
 * A period as a label, and when something that happened falls into it: the last hours or days to the instant $1, or its
 * calendar month, of the day that it was in the time zone of then.
 */
const PERIODS = {
  '24h': `happened_at > $1::timestamptz - interval '24 hours'`,
  '7d': `happened_at > $1::timestamptz - interval '7 days'`,
  '30d': `happened_at > $1::timestamptz - interval '30 days'`,
  month: `day >= first_day and day < first_day + interval '1 month'`,
} as const;
type Period = keyof typeof PERIODS;

/** Covers every period, whatever the time zone. */
const BEGIN = `$1::timestamptz - interval '33 days'`;

const EVENTS = { invoice_created: 'created', invoice_paid: 'paid' } as const;
const EVENT_PERIODS = ['24h', '30d'] as const satisfies readonly Period[];
const PAYMENT_PERIODS = ['24h', 'month'] as const satisfies readonly Period[];
const FLOWS = ['paid', 'refunded', 'lost', 'arrived'] as const;
const MONEY_PERIODS = ['7d', 'month'] as const satisfies readonly Period[];

type Figures = Record<Period, string>;

/**
 * Counts what happened to invoices and money within periods from their rows, so that neither a restart nor a missed
 * scrape changes a figure.
 */
@Injectable()
export class PeriodFiguresRepository {
  async read(tx: EntityManager, now: Date): Promise<Fact[]> {
    return [
      ...(await this.zeros(tx)),
      ...(await this.invoices(tx, now)),
      ...(await this.payments(tx, now)),
      ...(await this.money(tx, now)),
    ];
  }

  /** An organisation without business shows 0, and not nothing: money in its own currency. */
  private async zeros(tx: EntityManager): Promise<Fact[]> {
    const orgs = await tx.query<{ org: string; currency: string }[]>(
      `select o.id::text as org, coalesce(s.company_currency, s.currency, 'USD') as currency
         from orgs o left join org_settings s on s.org_id = o.id order by o.id limit $1`,
      [ORGS_SHOWN_MAX],
    );
    return orgs.flatMap(({ org, currency }) => [
      ...Object.values(EVENTS).flatMap((event) => invoiceFacts({ org, event })),
      ...paymentFacts({ org }),
      ...FLOWS.flatMap((flow) => moneyFacts({ org, flow, currency })),
    ]);
  }

  private async invoices(tx: EntityManager, now: Date): Promise<Fact[]> {
    const rows = await tx.query<({ org: string; event: keyof typeof EVENTS } & Figures)[]>(
      `select ${SHOWN_ORG} as org, event, ${within(EVENT_PERIODS, 'count(*)')}
         from (select org_id, event, created_at as happened_at from portal_activity
                where event = any($2) and created_at > ${BEGIN}) happened
        group by 1, 2`,
      [now, Object.keys(EVENTS)],
    );
    return rows.flatMap((row) => invoiceFacts({ ...row, event: EVENTS[row.event] }));
  }

  private async payments(tx: EntityManager, now: Date): Promise<Fact[]> {
    const rows = await tx.query<({ org: string } & Figures)[]>(
      `select ${SHOWN_ORG} as org, ${within(PAYMENT_PERIODS, 'count(*)')}
         from ${zoned(`
           select org_id, paid_at as happened_at, null::date as happened_on from payments where paid_at > ${BEGIN}`)}
        group by 1`,
      [now],
    );
    return rows.flatMap(paymentFacts);
  }

  private async money(tx: EntityManager, now: Date): Promise<Fact[]> {
    const rows = await tx.query<({ org: string; flow: string; currency: string } & Figures)[]>(
      `select ${SHOWN_ORG} as org, flow, currency, ${within(MONEY_PERIODS, 'sum(cents)')}
         from ${zoned(`
           select org_id, 'paid' as flow, currency, paid_at as happened_at, null::date as happened_on,
                  amount_cents as cents
             from payments where paid_at > ${BEGIN}
           union all
           select org_id, 'refunded', currency, made_at, null, amount_cents from refunds
            where ${goneRefundSql('refunds')} and made_at > ${BEGIN}
           union all
           select org_id, 'lost', currency, status_at, null, amount_cents from disputes
            where state = 'lost' and status_at > ${BEGIN}
           union all
           select p.org_id, 'arrived', i.currency, p.paid_on::timestamp at time zone coalesce(s.time_zone, 'UTC'),
                  p.paid_on, p.amount_cents
             from invoice_payments p
             join invoices i
               on i.org_id = p.org_id and i.qbo_realm_id = p.realm_id and i.qbo_invoice_id = p.qbo_invoice_id
             left join org_settings s on s.org_id = p.org_id
            where p.removed_at is null and p.kind <> 'credit' and p.paid_on > (${BEGIN})::date`)}
        group by 1, 2, 3`,
      [now],
    );
    return rows.flatMap(moneyFacts);
  }
}

/** A column for each period, named like it. What QuickBooks has on a day to come has not happened. */
function within(periods: readonly Period[], aggregate: string): string {
  const columns = periods.map(
    (period) =>
      `coalesce(${aggregate} filter (where happened_at <= $1 and ${PERIODS[period]}), 0) as "${period}"`,
  );
  return columns.join(', ');
}

/** What happened, each with its day in the organisation, and the first one of the month that it is there. */
function zoned(happened: string): string {
  return `(${happened}) happened
          left join (select org_id as zone_org, time_zone, former_time_zones from org_settings) zones
            on zone_org = org_id
          cross join lateral (
            select coalesce(happened_on, ${dayBySettingsSql('happened_at', 'zones')}) as day,
                   date_trunc('month', $1::timestamptz at time zone coalesce(time_zone, 'UTC'))::date as first_day
          ) zoned`;
}

function invoiceFacts({ org, event, ...figures }: { org: string; event: string } & Partial<Figures>): Fact[] {
  return EVENT_PERIODS.map((period) => ({
    gauge: 'crm_period_invoices',
    labels: { org_id: org, event, period },
    value: Number(figures[period] ?? 0),
  }));
}

function paymentFacts({ org, ...figures }: { org: string } & Partial<Figures>): Fact[] {
  return PAYMENT_PERIODS.map((period) => ({
    gauge: 'crm_period_payments',
    labels: { org_id: org, period },
    value: Number(figures[period] ?? 0),
  }));
}

function moneyFacts({
  org,
  flow,
  currency,
  ...figures
}: { org: string; flow: string; currency: string } & Partial<Figures>): Fact[] {
  return MONEY_PERIODS.map((period) => ({
    gauge: 'crm_period_money_cents',
    labels: { org_id: org, flow, currency, period },
    value: Number(figures[period] ?? 0),
  }));
}
