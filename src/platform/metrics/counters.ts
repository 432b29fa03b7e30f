/**
 * Every counter of the product: name, what is counted, by what. Labels never take a value from a request. The gauges
 * of the database are in qbo-sync/diagnostics/gauges.ts. docs/metrics.md says which file counts each.
 */
export const COUNTERS = {
  crm_qbo_customer_sync_total: {
    help: 'CRM↔QBO customer sync operations',
    labels: ['org_id', 'result'],
  },
  crm_invoices_paid_total: {
    help: 'Invoices transitioned to Paid via polling',
    labels: ['org_id'],
  },
  crm_invoice_sync_errors_total: {
    help: 'Errors during invoice status polling, but for calls that were refused here and never sent',
    labels: ['org_id', 'stage'],
  },
  crm_invoices_generated_total: {
    help: 'Invoices created in QuickBooks',
    labels: ['org_id'],
  },
  crm_qbo_api_errors_total: {
    help: 'QuickBooks API calls that were sent and failed, by operation',
    labels: ['org_id', 'operation'],
  },
  crm_qbo_api_requests_total: {
    help: 'QuickBooks API calls, by operation, class of answer, and whether Intuit meters the call',
    labels: ['operation', 'status_class', 'metered'],
  },
  crm_invoice_reminders_total: {
    help: 'Reminders of invoices that are due, by what became of them: sent, skipped, failed, uncertain',
    labels: ['org_id', 'result'],
  },
  crm_portal_payments_total: {
    help: 'Payments through the portal, of deposits and invoices',
    labels: ['org_id'],
  },
  crm_portal_payment_amount_cents_sum: {
    help: 'Payments through the portal, of deposits and invoices, in cents of each currency',
    labels: ['org_id', 'currency'],
  },
  crm_portal_refunds_cents_total: {
    help: 'What was refunded of payments through the portal, in cents of each currency',
    labels: ['org_id', 'currency'],
  },
  crm_portal_disputes_lost_cents_total: {
    help: 'What banks took back of payments through the portal by disputes that were lost, in cents of each currency',
    labels: ['org_id', 'currency'],
  },
  crm_invoice_payments_cents_total: {
    help: 'Money seen to arrive on invoices in QuickBooks, in cents of each currency',
    labels: ['org_id', 'currency'],
  },
  crm_qbo_webhook_events_total: {
    help: 'Events that Intuit told us, by what became of them on arrival; forged counts deliveries',
    labels: ['result'],
  },
  crm_stripe_webhook_events_total: {
    help: 'Events of Stripe: received by webhook, refused for their signature, missed (no webhook brought them)',
    labels: ['result'],
  },
  crm_qbo_token_cache_total: {
    help: 'Looks for an access token in Redis, by what came of them; counted only where REDIS_URL is set',
    labels: ['result'],
  },
  crm_auth_attempts_total: {
    help: 'Sign-in attempts, by result',
    labels: ['result'],
  },
} as const satisfies Record<string, CounterSpec>;

/**
 * So many organisations begin at 0: the first of an installation, and who was added, or signed in, while there are no
 * more. Of any other a series begins with its first event, but for money through the portal: with ten thousand a scrape
 * is 13 MB else, and nobody is answered for the seconds in which it is written.
 */
export const ORGS_BEGUN_MAX = 500;

/** Labels whose values are known beforehand start at 0 for these, so that `increase()` sees the first event. */
export const INITIAL_ORG_LABELS = {
  crm_qbo_customer_sync_total: [
    { result: 'created' },
    { result: 'updated' },
    { result: 'skipped' },
    { result: 'error' },
  ],
  crm_invoices_paid_total: [{}],
  crm_invoice_sync_errors_total: [{ stage: 'fetch' }, { stage: 'parse' }, { stage: 'update' }],
  crm_invoices_generated_total: [{}],
  crm_invoice_reminders_total: [
    { result: 'sent' },
    { result: 'skipped' },
    { result: 'failed' },
    { result: 'uncertain' },
  ],
  crm_portal_payments_total: [{}],
  // The others begin with the first call: a few series for each organisation, not one for each operation.
  crm_qbo_api_errors_total: [
    { operation: 'cdc' },
    { operation: 'customer.create' },
    { operation: 'invoice.create' },
    { operation: 'payment.create' },
  ],
} as const satisfies Partial<Record<CounterName, readonly Record<string, string>[]>>;

/** Starts at 0 for every organisation, however many there are, in its own currency. */
export const PORTAL_MONEY = 'crm_portal_payment_amount_cents_sum' as const satisfies CounterName;

/** Counters of money: they start at 0 for an organisation's own currency. */
export const MONEY_COUNTERS = [
  PORTAL_MONEY,
  'crm_portal_refunds_cents_total',
  'crm_portal_disputes_lost_cents_total',
  'crm_invoice_payments_cents_total',
] as const satisfies readonly CounterName[];

/** The same for counters of the whole installation. */
export const INITIAL_LABELS = {
  crm_qbo_webhook_events_total: [
    { result: 'accepted' },
    { result: 'duplicate' },
    { result: 'unknown_realm' },
    { result: 'quarantined' },
    { result: 'forged' },
  ],
  crm_stripe_webhook_events_total: [{ result: 'received' }, { result: 'refused' }, { result: 'missed' }],
  crm_qbo_token_cache_total: [{ result: 'hit' }, { result: 'miss' }, { result: 'unavailable' }],
  crm_auth_attempts_total: [{ result: 'success' }, { result: 'failure' }, { result: 'throttled' }],
} as const satisfies Partial<Record<CounterName, readonly Record<string, string>[]>>;

export interface CounterSpec {
  help: string;
  labels: readonly string[];
}

export type CounterName = keyof typeof COUNTERS;
export type CounterLabels<Name extends CounterName> = Record<
  (typeof COUNTERS)[Name]['labels'][number],
  string | number
>;
