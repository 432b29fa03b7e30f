/** What is deleted, or emptied, once it is old. SQL; `:before` is the instant `afterDays` ago. */
export interface Purge {
  readonly afterDays: number;
  readonly where: string;
  /** What is emptied; the row is deleted where it is left out. */
  readonly clear?: string;
}

/** How long the rows of one table are kept, and why. */
export type RetentionRule =
  | { readonly kept: 'for ever'; readonly because: string }
  | { readonly kept: 'with its parent'; readonly parent: string }
  | {
      readonly kept: 'for a time';
      readonly because: string;
      /** The columns of the primary key: rows are taken in small batches by it. */
      readonly key: readonly string[];
      readonly purges: readonly Purge[];
    };

const forEver = (because: string): RetentionRule => ({ kept: 'for ever', because });
const withParent = (parent: string): RetentionRule => ({ kept: 'with its parent', parent });

const BOOKS = 'a record of the business: what was agreed, billed and paid';
const PEOPLE = 'who may sign in, and who did what';
const ONE_ROW = 'one small row for each organisation or company';

/** What the timeline finds a Stripe event by, and nothing of the customer. */
export const STRIPE_EVENT_STUB = `jsonb_build_object(
  'id', body -> 'id', 'type', body -> 'type',
  'data', jsonb_build_object('object', jsonb_build_object(
    'id', body #> '{data,object,id}', 'payment_intent', body #> '{data,object,payment_intent}')))`;

/** The rule of every table there is. A table without one fails a test. */
export const RETENTION: Readonly<Record<string, RetentionRule>> = {
  account_mails: {
    kept: 'for a time',
    because: 'a week helps whoever did not get a mail; the address is emptied as soon as it was sent',
    key: ['id'],
    purges: [{ afterDays: 7, where: 'created_at < :before' }],
  },
  account_tokens: {
    kept: 'for a time',
    because: 'that a link to a new password was used helps to look into a theft',
    key: ['id'],
    purges: [{ afterDays: 30, where: 'expires_at < :before' }],
  },
  alert_incidents: {
    kept: 'for a time',
    because: 'what was wrong and when it ended is asked for while it is remembered; it names customers',
    key: ['id'],
    purges: [{ afterDays: 90, where: 'closed_at < :before' }],
  },
  alert_messages: {
    kept: 'for a time',
    because: 'the same, in the words that were sent',
    key: ['id'],
    purges: [{ afterDays: 90, where: `state <> 'queued' and created_at < :before` }],
  },
  audit_log: forEver('who did what: nobody can change or delete an entry'),
  checkout_sessions: forEver(BOOKS),
  qbo_accounts: forEver(BOOKS),
  qbo_document_lines: withParent('qbo_documents'),
  qbo_document_links: withParent('qbo_documents'),
  qbo_document_mirrors: forEver(ONE_ROW),
  qbo_documents: forEver(BOOKS),
  qbo_receivables: withParent('qbo_documents'),
  qbo_subledger_entries: withParent('qbo_documents'),
  cost_allocations: forEver(BOOKS),
  cost_projects: forEver(BOOKS),
  change_order_approvals: {
    kept: 'for a time',
    because: 'as of proposal_approvals',
    key: ['org_id', 'change_order_id'],
    purges: [
      {
        afterDays: 2_557,
        where: `approved_at < :before and (ip <> '' or user_agent is not null)`,
        clear: `ip = '', user_agent = null`,
      },
    ],
  },
  change_order_lines: forEver(BOOKS),
  change_orders: forEver(BOOKS),
  company_books: forEver(ONE_ROW),
  contract_entries: forEver(BOOKS),
  contract_lines: forEver(BOOKS),
  contract_milestones: forEver(BOOKS),
  contract_progress: forEver(BOOKS),
  contracts: forEver(BOOKS),
  credit_memo_lines: forEver(BOOKS),
  credit_memos: forEver(BOOKS),
  customer_batch_calls: {
    kept: 'for a time',
    because: 'QuickBooks knows an idempotency key for an hour; answered or not, it is of no use later',
    key: ['org_id', 'realm_id', 'request_id'],
    purges: [{ afterDays: 90, where: 'sent_at < :before' }],
  },
  customer_batch_items: withParent('customer_batches'),
  customer_batches: {
    kept: 'for a time',
    because: 'results are looked at soon after; what came of a customer is in the customer',
    key: ['org_id', 'id'],
    purges: [{ afterDays: 90, where: 'finished_at < :before' }],
  },
  customer_currency_links: forEver('which record in QuickBooks is a customer, in each foreign currency'),
  customer_match_decisions: forEver('who decided which customer in QuickBooks is ours'),
  customers: forEver(BOOKS),
  disputes: forEver(BOOKS),
  exchange_rates: forEver('at which rate a document was booked'),
  inbox_events: forEver('what a person decided about money, and when'),
  inbox_items: forEver('what a person decided about money, and when'),
  invitations: {
    kept: 'for a time',
    because: 'a month past its end it helps to answer who let somebody in; the audit log keeps that',
    key: ['org_id', 'id'],
    purges: [{ afterDays: 30, where: 'expires_at < :before' }],
  },
  invoice_compares: {
    kept: 'for a time',
    because: 'results are looked at soon after; what was found is in the invoices',
    key: ['org_id', 'id'],
    purges: [{ afterDays: 90, where: 'finished_at < :before' }],
  },
  invoice_lines: forEver(BOOKS),
  invoice_payments: forEver(BOOKS),
  invoices: forEver(BOOKS),
  invoice_reminders: {
    kept: 'for a time',
    because:
      'that and when a customer was reminded is evidence for as long as somebody may go to court about the invoice, ' +
      'seven years',
    key: ['org_id', 'id'],
    purges: [{ afterDays: 2_557, where: `state <> 'queued' and created_at < :before` }],
  },
  leads: forEver(BOOKS),
  login_throttles: {
    kept: 'for a time',
    because: 'failed sign-ins stop to count after minutes; a week helps to look into an attack',
    key: ['key'],
    purges: [
      {
        afterDays: 7,
        where: 'window_ends_at < :before and (blocked_until is null or blocked_until < :before)',
      },
    ],
  },
  memberships: forEver(PEOPLE),
  org_settings: forEver(ONE_ROW),
  orgs: forEver(PEOPLE),
  payments: forEver(BOOKS),
  preflights: forEver(ONE_ROW),
  portal_activity: forEver('the log of a proposal, which people and disputes refer to'),
  portal_links: forEver('by which link a proposal was approved or paid; a token is kept as a hash'),
  proposal_approvals: {
    kept: 'for a time',
    because:
      'who approved what is a record of the business; from which address and browser is evidence for as long as ' +
      'somebody may go to court about it, seven years, and is emptied then',
    key: ['org_id', 'proposal_id'],
    purges: [
      {
        afterDays: 2_557,
        where: `approved_at < :before and (ip <> '' or user_agent is not null)`,
        clear: `ip = '', user_agent = null`,
      },
    ],
  },
  proposal_lines: forEver(BOOKS),
  qbo_companies: forEver('which organisation a company belongs to: none is ever tied to two'),
  qbo_customer_mirrors: forEver(ONE_ROW),
  qbo_customer_keys: forEver('what a customer of that mirror is found by; goes with it'),
  qbo_customers: forEver('a mirror of what QuickBooks has'),
  qbo_events: {
    kept: 'for a time',
    because: 'Intuit may deliver an event again for weeks; until then its id is known',
    key: ['event_id'],
    purges: [{ afterDays: 100, where: `state <> 'pending' and received_at < :before` }],
  },
  qbo_items: forEver(ONE_ROW),
  qbo_limits: forEver(ONE_ROW),
  qbo_oauth_states: {
    kept: 'for a time',
    because: 'a consent that was begun can be answered for minutes; a day helps to look into a failure',
    key: ['state_hash'],
    purges: [{ afterDays: 1, where: 'expires_at < :before' }],
  },
  qbo_sweeps: forEver(ONE_ROW),
  qbo_tokens: forEver(ONE_ROW),
  qbo_usage: forEver('one small row for each month, organisation and operation: what calls cost'),
  refunds: forEver(BOOKS),
  refresh_tokens: {
    kept: 'for a time',
    because: 'a week past its end a session helps to look into a theft',
    key: ['id'],
    purges: [{ afterDays: 7, where: 'expires_at < :before' }],
  },
  period_closings: forEver('the figures of a closed month, and who closed it'),
  recovery_codes: withParent('second_factors'),
  revenue_balances: forEver('a few small rows for each month'),
  revenue_events: forEver('the journal of revenue: nobody can change or delete an entry'),
  revenue_positions: forEver('one small row for each contract'),
  roles: forEver(PEOPLE),
  second_factors: forEver(
    'what a person signs in with; it goes when it is turned off, or the person is erased',
  ),
  sessions: {
    kept: 'for a time',
    because: 'a week past its end a session helps to look into a theft',
    key: ['id'],
    purges: [{ afterDays: 7, where: 'expires_at < :before' }],
  },
  stripe_accounts: forEver('one row for each account that an organisation was ever paid into'),
  stripe_event_cursor: forEver('one row'),
  stripe_events: {
    kept: 'for a time',
    because:
      'Stripe delivers an event again for days and shows it for thirty; the body holds what Stripe says ' +
      'of the customer; what came of it is in the payments. A failed one is kept until a person has ' +
      'decided',
    key: ['event_id'],
    purges: [
      {
        afterDays: 100,
        where: `state in ('processed', 'ignored') and received_at < :before and not is_emptied`,
        clear: `body = ${STRIPE_EVENT_STUB}, is_emptied = true`,
      },
      { afterDays: 400, where: `state in ('processed', 'ignored') and received_at < :before and is_emptied` },
    ],
  },
  sync_attempts: {
    kept: 'for a time',
    because: 'thirteen months cover a year and its closing; the operation keeps how it ended',
    key: ['org_id', 'operation_id', 'attempt'],
    purges: [{ afterDays: 400, where: 'started_at < :before' }],
  },
  sync_operations: forEver(
    'that something was written to QuickBooks, under which key: it is never written twice',
  ),
  user_roles: forEver(PEOPLE),
  users: forEver(PEOPLE),
};

/** Purges up to `$2` rows that are older than `$1`. Rows that another process is at are left to it. */
export function purgeStatement(table: string, key: readonly string[], { where, clear }: Purge): string {
  const columns = key.join(', ');
  const old = where.replaceAll(':before', '$1::timestamptz');
  const rows = `(${columns}) in (select ${columns} from ${table} where ${old} limit $2 for update skip locked)`;
  // The condition stands twice: a row that changed while it was waited for is left alone.
  return clear
    ? `update ${table} set ${clear} where ${rows} and ${old}`
    : `delete from ${table} where ${rows} and ${old}`;
}
