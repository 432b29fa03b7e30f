/**
 * What is read from the database for Prometheus. Every replica shows the same facts, so a query takes the `max` over
 * replicas, never the sum. `org_id` is an id, or `other` for the organisations beyond the first few hundred.
 */
export const GAUGES = {
  crm_facts_age_seconds: {
    help:
      'Time since a part of the facts of the other gauges was last read from the database: sync, invoices, periods, ' +
      'books or margin. One that takes too long to be read grows old by itself',
    labels: ['part'],
  },
  crm_qbo_connections: {
    help: 'QuickBooks connections, by state',
    labels: ['state'],
  },
  crm_qbo_sweep_age_seconds: {
    help: 'Time since the invoices of a connected company were last polled with success, or since it was connected',
    labels: ['org_id'],
  },
  crm_qbo_sweep_interval_seconds: {
    help: 'Time planned between two polls of a connected company',
    labels: ['org_id'],
  },
  crm_qbo_reads_month: {
    help: 'Calls to QuickBooks that Intuit meters, this month in UTC',
    labels: ['org_id'],
  },
  crm_qbo_reads_forecast: {
    help: 'Metered calls of the whole installation by the end of the month, if it goes on as so far',
    labels: [],
  },
  crm_qbo_reads_budget: {
    help: 'Metered calls the whole installation may make in a month',
    labels: [],
  },
  crm_qbo_pace: {
    help:
      'Share of our own pace at which a company may be called: 0 while QuickBooks has us wait, less ' +
      'than 1 for a while after that',
    labels: ['org_id'],
  },
  crm_qbo_calls_under_way: {
    help: 'Calls to QuickBooks under way at this moment, at most so many per company',
    labels: ['org_id'],
  },
  crm_sync_operations: {
    help: 'What is wanted of QuickBooks and is not done, by state',
    labels: ['state'],
  },
  crm_sync_operation_oldest_age_seconds: {
    help: 'Age of the oldest operation in a state; 0 where there is none',
    labels: ['state'],
  },
  crm_jobs_waiting: {
    help: 'Jobs that are due and have not begun, by queue',
    labels: ['queue'],
  },
  crm_jobs_oldest_age_seconds: {
    help: 'How long the oldest job of a queue has been due; 0 where none is',
    labels: ['queue'],
  },
  crm_inbox_open: {
    help: 'What waits for a person, by code',
    labels: ['org_id', 'code'],
  },
  crm_invoices: {
    help: 'Proposals with an invoice in QuickBooks, by the state of the invoice',
    labels: ['org_id', 'state', 'currency'],
  },
  crm_invoices_balance_cents: {
    help: 'What is still owed on these invoices, in cents',
    labels: ['org_id', 'state', 'currency'],
  },
  crm_period_invoices: {
    help: 'Invoices created in QuickBooks, and transitions to paid, within 24h or 30d to this moment, by the log',
    labels: ['org_id', 'event', 'period'],
  },
  crm_period_payments: {
    help: 'Payments through the portal, of deposits and invoices, within 24h to this moment, or this calendar month',
    labels: ['org_id', 'period'],
  },
  crm_period_money_cents: {
    help:
      'Money within 7d to this moment, or this calendar month, in cents: paid through the portal, refunded, lost in ' +
      'disputes, arrived on invoices in QuickBooks',
    labels: ['org_id', 'flow', 'currency', 'period'],
  },
  crm_receivables_cents: {
    help:
      'What is open on invoices of proposals today, in cents, by days after the due day in the time zone of ' +
      'the organisation; credits are not taken off',
    labels: ['org_id', 'currency', 'bucket'],
  },
  crm_deferred_revenue_cents: {
    help:
      'Deferred revenue at the end of this calendar month, in cents: billed and not earned, below 0 where more is ' +
      'earned than billed, by the events that are posted: each night, and when a report or a page of months is ' +
      'asked for',
    labels: ['org_id', 'currency'],
  },
  crm_period_margin_cents: {
    help:
      'Revenue less costs of this calendar month, in cents, before fees of Stripe: by the documents of QuickBooks ' +
      'that are mirrored; none where they are not, since costs are not known then',
    labels: ['org_id', 'currency', 'period'],
  },
} as const satisfies Record<string, { help: string; labels: readonly string[] }>;

/** What is read together: a part that takes too long leaves the others fresh. */
export const GAUGE_PARTS = ['sync', 'invoices', 'periods', 'books', 'margin'] as const;
export type GaugePart = (typeof GAUGE_PARTS)[number];

/** The part of a gauge; every other gauge of the database is of `sync`. */
const PART_OF: Partial<Record<GaugeName, GaugePart>> = {
  crm_invoices: 'invoices',
  crm_invoices_balance_cents: 'invoices',
  crm_period_invoices: 'periods',
  crm_period_payments: 'periods',
  crm_period_money_cents: 'periods',
  crm_receivables_cents: 'books',
  crm_deferred_revenue_cents: 'books',
  crm_period_margin_cents: 'margin',
};

export function gaugePart(name: GaugeName): GaugePart {
  return PART_OF[name] ?? 'sync';
}

/** So many organisations have series of their own. */
export const ORGS_SHOWN_MAX = 500;

/** SQL: the organisation as a label: bounded, however many there are. */
export const SHOWN_ORG = `case when org_id in (select id from orgs order by id limit ${ORGS_SHOWN_MAX})
                               then org_id::text else 'other' end`;

/** SQL: the instant $1 in the time zone of an organisation with the settings `s`. */
export const LOCAL_NOW = `$1::timestamptz at time zone coalesce(s.time_zone, 'UTC')`;

export type GaugeName = keyof typeof GAUGES;

/** One value of a gauge. */
export interface Fact {
  gauge: GaugeName;
  labels: Record<string, string>;
  value: number;
}
