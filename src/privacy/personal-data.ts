import { STRIPE_EVENT_STUB } from '../jobs/retention/retention.js';
import { CUSTOMER_KINDS_SQL } from '../qbo-sync/operations/rows/customer-kinds-sql.js';

/** What a table holds of a customer, and what becomes of it when the customer is erased. */
export type PersonalDataRule =
  /** Kept, and why; shown to who erases. */
  | { readonly holds: 'kept'; readonly what: string; readonly because: string }
  | {
      readonly holds: 'erased';
      /** For people: what is emptied. */
      readonly what: string;
      /** SQL; $1 the organisation, $2 the customer, $3 now. */
      readonly statement: string;
    };

const kept = (what: string, because: string): PersonalDataRule => ({ holds: 'kept', what, because });
const erased = (what: string, statement: string): PersonalDataRule => ({ holds: 'erased', what, statement });

const PROPOSALS = '(select id from leads where org_id = $1 and customer_id = $2)';
const DOCUMENT = 'a record of the business, which the law has the company keep';
const MIRROR = 'a copy of what QuickBooks has: it follows when it is changed there';

/** A customer's profile with nothing in it. */
const NOBODY = `jsonb_build_object('displayName', 'Erased', 'email', null, 'phone', null)`;

/** Stripe's ids of what the customer paid by. */
const ofPayments = (table: string, column: string): string =>
  `select ${column} from ${table} where org_id = $1 and proposal_id in ${PROPOSALS}`;

/** Where the objects of Stripe's events name who paid: in a session, an intent, a charge, a dispute. */
const PAYER_FIELDS = (
  'customer_details customer_email billing_details receipt_email shipping shipping_details collected_information ' +
  'payment_method_details charges evidence source description'
).split(' ');
const WITHOUT_PAYER = `body ${PAYER_FIELDS.map((field) => `#- '{data,object,${field}}'`).join(' ')}`;

/**
 * Ids of the operations about a customer and the proposals, each of the two ways by its index: `or` between them goes
 * through all that was ever written to QuickBooks. $1 the organisation, $2 the customer.
 */
export const OPERATIONS_OF_CUSTOMER = `(
  select p.id from sync_operations p where p.org_id = $1 and p.proposal_id in ${PROPOSALS}
   union
  select c.id from sync_operations c
   where c.org_id = $1 and c.entity_id = $2 and c.kind in ${CUSTOMER_KINDS_SQL})`;

/**
 * Items of the inbox about the customer, each with the proposal whose name it may have: its own, else one of theirs. By
 * `or` between the two ways each proposal of theirs goes through all that the organisation was ever asked.
 */
const INBOX_ITEMS = `
  select i.id, i.subject, i.proposal_id as lead_id
    from inbox_items i where i.org_id = $1 and i.proposal_id in ${PROPOSALS}
   union all
  select i.id, i.subject, (select min(id) from leads where org_id = $1 and customer_id = $2)
    from inbox_items i where i.org_id = $1 and i.customer_id = $2 and i.proposal_id is null`;

/** A name and an address of the customer's, within a sentence. */
const forgottenIn = (column: string): string =>
  `replace(replace(replace(${column}, coalesce(c.full_name, ''), 'the customer'), c.email, 'the customer'),
     coalesce(l.name, ''), 'proposal ' || coalesce(l.id::text, ''))`;

/** The same of what is asked about their record in QuickBooks, which tells of records that may be, or were, theirs. */
const forgottenAbout = (column: string): string =>
  `case when ${column} is not null and t.subject like 'customer.%'
        then 'About the record in QuickBooks of the customer, who was erased.' else ${forgottenIn(column)} end`;

/** What a vendor said of it, which may repeat what it was asked. */
const erasedText = (column: string): string => `case when ${column} is not null then 'Erased' end`;

/**
 * The rule of every table that can say something of a customer, in the order in which one is erased: sentences that
 * name the customer before the name itself is gone. A table with texts and without a rule fails a test.
 */
export const PERSONAL_DATA: Readonly<Record<string, PersonalDataRule>> = {
  inbox_items: erased(
    'name and e-mail in the sentences of the inbox',
    `with theirs as materialized (${INBOX_ITEMS})
     update inbox_items i set reason = ${forgottenAbout('i.reason')}
       from customers c, theirs t left join leads l on l.org_id = $1 and l.id = t.lead_id
      where i.org_id = $1 and i.id = t.id and c.org_id = $1 and c.id = $2`,
  ),
  inbox_events: erased(
    'the same in the history of the inbox',
    `with theirs as materialized (${INBOX_ITEMS})
     update inbox_events e set reason = ${forgottenAbout('e.reason')}, error = ${forgottenAbout('e.error')}
       from customers c, theirs t left join leads l on l.org_id = $1 and l.id = t.lead_id
      where e.org_id = $1 and e.item_id = t.id and c.org_id = $1 and c.id = $2`,
  ),
  portal_links: erased(
    'the addresses that links were mailed to; the links end',
    `update portal_links set emailed_to = case when emailed_to is null then null else 'erased' end,
       email_problem = null, email_token_sealed = null, revoked_at = coalesce(revoked_at, $3),
       email_state = case when email_state = 'queued' then 'failed' else email_state end
      where org_id = $1 and proposal_id in ${PROPOSALS}`,
  ),
  invoice_reminders: erased(
    'the addresses that reminders were mailed to',
    `update invoice_reminders set emailed_to = case when emailed_to is null then null else 'erased' end,
       link_token_encrypted = null, lease_until = null,
       reason = case when state = 'queued' then 'The personal data of the customer was erased.' else reason end,
       state = case when state = 'queued' then 'skipped' else state end
      where org_id = $1 and invoice_id in (
        select i.id from invoices i where i.org_id = $1 and i.proposal_id in ${PROPOSALS})`,
  ),
  proposal_approvals: erased(
    'name, address and browser of who approved',
    `update proposal_approvals set signer_name = 'Erased', ip = '', user_agent = null
      where org_id = $1 and proposal_id in ${PROPOSALS}`,
  ),
  change_order_approvals: erased(
    'the same of who approved a change order',
    `update change_order_approvals set signer_name = 'Erased', ip = '', user_agent = null
      where org_id = $1 and change_order_id in (
        select o.id from change_orders o join contracts c on c.org_id = $1 and c.id = o.contract_id
         where o.org_id = $1 and c.proposal_id in ${PROPOSALS})`,
  ),
  portal_activity: erased(
    'the name of who approved, in the activity',
    `update portal_activity set meta = meta - 'signer_name'
      where org_id = $1 and proposal_id in ${PROPOSALS} and meta ? 'signer_name'`,
  ),
  checkout_sessions: erased(
    'e-mail and proposal in what Stripe was asked for',
    `update checkout_sessions set request =
       jsonb_set(jsonb_set(request - 'customer_email',
         '{line_items,0,price_data,product_data,name}', '"Erased"', false),
         '{payment_intent_data,description}', '"Erased"', false),
       error = ${erasedText('error')}
      where org_id = $1 and proposal_id in ${PROPOSALS}`,
  ),
  // What is not processed yet, or failed and is a person's to retry, keeps what processing needs. Each way to an event
  // has an index, which `or` between them goes past: it goes through the events of the whole installation.
  stripe_events: erased(
    'what Stripe said of the payer',
    `update stripe_events
        set error = ${erasedText('error')},
            body = case when state in ('processed', 'ignored') then ${STRIPE_EVENT_STUB} else ${WITHOUT_PAYER} end
      where event_id in (
        select e.event_id from (${ofPayments('payments', 'stripe_payment_intent_id')}) as of_theirs (id)
          join stripe_events e on e.body #>> '{data,object,payment_intent}' = of_theirs.id
         union
        select e.event_id
          from (${ofPayments('payments', 'stripe_payment_intent_id')}
                 union ${ofPayments('checkout_sessions', 'stripe_session_id')}) as of_theirs (id)
          join stripe_events e on e.body #>> '{data,object,id}' = of_theirs.id
         union
        select e.event_id from ${PROPOSALS} as of_theirs
          join stripe_events e on e.body #>> '{data,object,metadata,proposal_id}' = of_theirs.id::text
         where e.body #>> '{data,object,metadata,org_id}' = $1::int::text)`,
  ),
  // Stripe's own words name nobody.
  refunds: erased(
    'why something was refunded, as people here put it',
    `update refunds set reason = case when requested_by is null then reason else ${erasedText('reason')} end,
       error = ${erasedText('error')}
      where org_id = $1 and payment_id in (${ofPayments('payments', 'id')})
        and (error is not null or (requested_by is not null and reason is not null))`,
  ),
  customer_batch_items: erased(
    'why the customer was not brought to QuickBooks in a batch',
    `update customer_batch_items set error = ${erasedText('error')}
      where org_id = $1 and customer_id = $2`,
  ),
  // The payloads are emptied one by one: forgotten-payload.ts.
  sync_operations: erased(
    'name, e-mail and phone in what was sent to QuickBooks',
    `update sync_operations set error_detail = null where org_id = $1 and id in ${OPERATIONS_OF_CUSTOMER}`,
  ),
  customer_currency_links: erased(
    'the same in the records of other currencies',
    `update customer_currency_links
        set sent = ${NOBODY}, said = ${NOBODY}
      where org_id = $1 and customer_id = $2`,
  ),
  leads: erased(
    'name, e-mail, phone, notes and job address of leads and proposals',
    `update leads set name = 'Proposal ' || id, email = null, phone = null, notes = null,
            site_address = null, request_key = null, request_hash = null, updated_at = $3
      where org_id = $1 and customer_id = $2`,
  ),
  customers: erased(
    'name, e-mail, phone and address',
    `update customers set email = 'erased-' || id || '@erased.invalid', full_name = 'Erased customer ' || id,
       phone = null, billing_address = null, is_active = false, qbo_profile = null, qbo_sent = null,
       erased_at = $3, updated_at = $3
      where org_id = $1 and id = $2`,
  ),

  audit_log: kept('entries of the audit log', 'who did what; nobody can change an entry, not even for this'),
  alert_incidents: kept('sentences of alerts', 'deleted after 90 days'),
  alert_messages: kept('alerts that were sent', 'deleted after 90 days'),
  customer_batch_calls: kept('what was sent to QuickBooks in batches', 'deleted after 90 days'),
  qbo_events: kept('what Intuit said of changes', 'deleted after 100 days'),
  change_orders: kept('change orders', DOCUMENT),
  change_order_lines: kept('their lines', DOCUMENT),
  credit_memo_lines: kept('lines of credit memos', DOCUMENT),
  contract_lines: kept('lines of contracts', DOCUMENT),
  invoice_lines: kept('lines of invoices', DOCUMENT),
  proposal_lines: kept('lines of proposals', DOCUMENT),
  qbo_customers: kept('the customer as QuickBooks has it', MIRROR),
  qbo_customer_keys: kept('what a customer of QuickBooks is found by', MIRROR),
  qbo_documents: kept('documents as QuickBooks has them', MIRROR),
  qbo_document_lines: kept('their lines', MIRROR),
  qbo_receivables: kept('what is open of them, by customer', MIRROR),
  qbo_subledger_entries: kept('postings as QuickBooks has them', MIRROR),
};
