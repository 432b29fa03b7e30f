import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { forgottenPayload, type SentPayload } from './forgotten-payload.js';
import { OPERATIONS_OF_CUSTOMER, PERSONAL_DATA } from './personal-data.js';
import { unlinkedRecords } from '../customers/unlinked-records.js';
import { liveInvoiceSql } from '../invoices/invoice-state.js';
import { inHandSql, unsentSql } from '../qbo-sync/operations/operation-state.js';
import { supersededSql } from '../qbo-sync/operations/rows/superseded-sql.js';

/** So many payloads are emptied by one statement: of a builder with thousands of jobs there are tens of thousands. */
const PAYLOADS_AT_ONCE = 500;

/** One row of an export: its columns under their names. */
export type ExportedRow = Record<string, unknown>;

/** The company an operation is for is connected, or can be again by signing in anew. */
const CONNECTED = `exists (
  select from qbo_tokens t
   where t.org_id = $1 and t.state <> 'disconnected' and t.realm_id = coalesce(o.realm_id, t.realm_id))`;
const LINKED = `exists (
  select from customers c where c.org_id = $1 and c.id = $2 and c.qbo_customer_id is not null)`;

/** The day on which the work is complete, also where it is known beforehand, has not come. */
const NOT_COMPLETE = `(c.completed_on is null or c.completed_on > greatest(
  ($3::timestamptz at time zone 'UTC')::date,
  ($3::timestamptz at time zone
    coalesce((select s.time_zone from org_settings s where s.org_id = $1), 'UTC'))::date))`;

/**
 * What is under way for a customer, for people, with how much there is; no row for nothing. $1 the organisation, $2 the
 * customer, $3 now, $4 how much of it is said.
 */
const UNDER_WAY = `select what, count(*) over ()::int as count from (
  select 'the contract of proposal ' || c.proposal_id || ' is not completed' as what
    from contracts c join leads l on l.org_id = $1 and l.id = c.proposal_id
   where c.org_id = $1 and l.customer_id = $2 and ${NOT_COMPLETE} and c.cancelled_at is null
     and l.status = 'approved'
  union all
  select 'invoice ' || coalesce(i.number, i.id::text) || ' of proposal ' || i.proposal_id || ' is not paid'
    from invoices i join leads l on l.org_id = $1 and l.id = i.proposal_id
   where i.org_id = $1 and l.customer_id = $2 and i.balance_cents > 0
     and ${liveInvoiceSql('i')}
  union all
  select case s.status when 'open' then 'a payment page of proposal ' || s.proposal_id || ' can be paid'
                       else 'a payment of proposal ' || s.proposal_id || ' is on its way' end
    from checkout_sessions s join leads l on l.org_id = $1 and l.id = s.proposal_id
   where s.org_id = $1 and l.customer_id = $2
     and (s.status = 'open' and (s.expires_at is null or s.expires_at > $3) or s.status = 'pending')
  union all
  select 'something is on its way to QuickBooks (' || o.kind || ')'
    from sync_operations o
   where o.org_id = $1 and o.id in ${OPERATIONS_OF_CUSTOMER}
     and o.kind <> 'item.create' and not ${supersededSql('o')} and (
       o.state = 'needs_person' or o.lease_until > now()
       or ${CONNECTED} and (${inHandSql('o')} or o.state = 'waiting' and ${LINKED}))
  ) as u limit $4`;

/**
 * What was never sent and can never be, since the customer is not in QuickBooks and does not get there any more. $1 the
 * organisation, $2 the customer, $3 now.
 */
const CANCEL_UNSENT = `
  update sync_operations o set state = 'refused', error_kind = 'customer_erased', updated_at = $3,
         error_detail = 'The personal data of the customer was erased; nothing of it goes to QuickBooks.'
   where org_id = $1 and id in ${OPERATIONS_OF_CUSTOMER} and not ${LINKED}
     and ${unsentSql()} and first_sent_at is null`;

const OF_PROPOSALS =
  'org_id = $1 and proposal_id in (select id from leads where org_id = $1 and customer_id = $2)';

/** What an export has, by its name there. $1 the organisation, $2 the customer. */
const EXPORTED: Readonly<Record<string, string>> = {
  customer: `select id, email, full_name, phone, billing_address, is_active, qbo_customer_id, created_at,
    updated_at, erased_at from customers where org_id = $1 and id = $2`,
  proposals: `select id, name, email, phone, source, notes, site_address, status, currency,
    amount_cents, approved_at, approved_by,
    created_at, updated_at from leads where org_id = $1 and customer_id = $2 order by id`,
  proposal_lines: `select proposal_id, description, quantity, unit_price_cents from proposal_lines
    where ${OF_PROPOSALS} order by proposal_id, position`,
  links: `select id, proposal_id, created_at, expires_at, revoked_at, last_viewed_at, emailed_to, emailed_at
    from portal_links where ${OF_PROPOSALS} order by id`,
  reminders: `select r.id, r.invoice_id, r.due_on::text as due_on, r.state, r.emailed_to, r.sent_at, r.created_at
    from invoice_reminders r where r.org_id = $1 and r.invoice_id in (
      select id from invoices where ${OF_PROPOSALS}) order by r.id`,
  approvals: `select proposal_id, signer_name, approved_at, ip, user_agent, total_cents, currency
    from proposal_approvals where ${OF_PROPOSALS} order by proposal_id`,
  change_order_approvals: `select k.proposal_id, c.number, a.signer_name, a.approved_at, a.ip, a.user_agent
    from change_order_approvals a
    join change_orders c on c.org_id = a.org_id and c.id = a.change_order_id
    join contracts k on k.org_id = c.org_id and k.id = c.contract_id
    join leads l on l.org_id = k.org_id and l.id = k.proposal_id
   where a.org_id = $1 and l.customer_id = $2 order by a.change_order_id`,
  activity: `select proposal_id, event, meta, created_at from portal_activity where ${OF_PROPOSALS} order by id`,
  invoices: `select id, proposal_id, kind, number, currency, total_cents, balance_cents, paid_cents, state, txn_date,
    due_on, created_at from invoices where ${OF_PROPOSALS} order by id`,
  change_orders: `select c.id, k.proposal_id, c.number, c.description, c.state, c.delta_cents, c.approved_at,
    c.voided_at, c.created_at from change_orders c
    join contracts k on k.org_id = c.org_id and k.id = c.contract_id
    join leads l on l.org_id = k.org_id and l.id = k.proposal_id
   where c.org_id = $1 and l.customer_id = $2 order by c.id`,
  change_order_lines: `select n.change_order_id, n.description, n.quantity, n.unit_price_cents from change_order_lines n
    join change_orders c on c.org_id = n.org_id and c.id = n.change_order_id
    join contracts k on k.org_id = c.org_id and k.id = c.contract_id
    join leads l on l.org_id = k.org_id and l.id = k.proposal_id
   where n.org_id = $1 and l.customer_id = $2 order by n.change_order_id, n.position`,
  credit_memos: `select id, proposal_id, change_order_id, number, currency, amount_cents, total_cents, balance_cents,
    state, txn_date, created_at from credit_memos where ${OF_PROPOSALS} order by id`,
  payments: `select id, proposal_id, amount_cents, currency, paid_at, stripe_payment_intent_id
    from payments where ${OF_PROPOSALS} order by id`,
  refunds: `select payment_id, amount_cents, currency, state, reason, created_at
    from refunds where ${OF_PROPOSALS} order by id`,
  disputes: `select payment_id, amount_cents, currency, state, reason, created_at
    from disputes where ${OF_PROPOSALS} order by id`,
  quickbooks: `select realm_id, qbo_id as qbo_customer_id, display_name, company_name, email, phone from qbo_customers
    where org_id = $1 and (realm_id, qbo_id) in (
      select qbo_realm_id, qbo_customer_id from customers where org_id = $1 and id = $2
       union all
      select realm_id, qbo_customer_id from customer_currency_links where org_id = $1 and customer_id = $2
       union all
      select r.realm_id, r.qbo_id from (${unlinkedRecords(() => 'true')}) r where r.customer_id = $2)
    order by realm_id, display_name`,
};

/** The rows of all tables that say something of one customer. */
@Injectable()
export class PersonalDataRepository {
  /** Locks the customer's proposals: what others begin with one, such as a link, is done before, or sees the end. */
  async lockProposals(tx: EntityManager, orgId: number, customerId: number): Promise<void> {
    await tx.query('select from leads where org_id = $1 and customer_id = $2 order by id for no key update', [
      orgId,
      customerId,
    ]);
  }

  /** What forbids to erase the customer now, for people: as much as `most` of it, and how much there is. */
  async underWay(
    tx: EntityManager,
    orgId: number,
    customerId: number,
    now: Date,
    most: number,
  ): Promise<{ said: string[]; count: number }> {
    const rows = await tx.query<{ what: string; count: number }[]>(UNDER_WAY, [orgId, customerId, now, most]);
    return { said: rows.map(({ what }) => what), count: rows[0]?.count ?? 0 };
  }

  /**
   * The proposals of the customer whose contracts are billed in QuickBooks; none while the organisation is connected to
   * no company.
   */
  async billedProposals(tx: EntityManager, orgId: number, customerId: number): Promise<number[]> {
    const rows = await tx.query<{ proposalId: number }[]>(
      `select l.id as "proposalId" from leads l
        where l.org_id = $1 and l.customer_id = $2 and l.status = 'approved'
          and exists (select from qbo_tokens t where t.org_id = $1 and t.state <> 'disconnected')
        order by l.id`,
      [orgId, customerId],
    );
    return rows.map(({ proposalId }) => proposalId);
  }

  /** Empties what is the customer's in every table, by its rule. */
  async erase(tx: EntityManager, orgId: number, customerId: number, now: Date): Promise<void> {
    await this.forgetPayloads(tx, orgId, customerId);
    for (const rule of Object.values(PERSONAL_DATA)) {
      if (rule.holds !== 'erased') continue;
      const usesNow = rule.statement.includes('$3');
      await tx.query(rule.statement, usesNow ? [orgId, customerId, now] : [orgId, customerId]);
    }
    await tx.query(CANCEL_UNSENT, [orgId, customerId, now]);
  }

  /** The subjects of what is asked about the customer's record in QuickBooks, which nobody can answer any more. */
  async openQuestions(tx: EntityManager, orgId: number, customerId: number): Promise<string[]> {
    const rows = await tx.query<{ subject: string }[]>(
      `select subject from inbox_items
        where org_id = $1 and customer_id = $2 and proposal_id is null and state = 'open' and subject like 'customer.%'
        order by id`,
      [orgId, customerId],
    );
    return rows.map(({ subject }) => subject);
  }

  /** Locked as they are read: a poll may note in one at this moment what became of its document. */
  private async forgetPayloads(tx: EntityManager, orgId: number, customerId: number): Promise<void> {
    const names = await tx.query<{ name: string; instead: string }[]>(
      `select name, 'Proposal ' || id as instead from leads where org_id = $1 and customer_id = $2
       union all
       select name, 'the customer' from customers, unnest(array[full_name, email, phone]) as name
        where org_id = $1 and id = $2 and name <> ''`,
      [orgId, customerId],
    );
    const replacements = new Map(names.map(({ name, instead }) => [name, instead]));
    const operations = await tx.query<(SentPayload & { id: string })[]>(
      `select id, kind, payload from sync_operations where org_id = $1 and id in ${OPERATIONS_OF_CUSTOMER}
        order by id for no key update`,
      [orgId, customerId],
    );
    for (let start = 0; start < operations.length; start += PAYLOADS_AT_ONCE) {
      const forgotten = operations
        .slice(start, start + PAYLOADS_AT_ONCE)
        .map((operation) => ({ id: operation.id, payload: forgottenPayload(operation, replacements) }));
      await tx.query(
        `update sync_operations o set payload = f.payload
           from jsonb_to_recordset($2::jsonb) as f (id bigint, payload jsonb)
          where o.org_id = $1 and o.id = f.id`,
        [orgId, JSON.stringify(forgotten)],
      );
    }
  }

  /** Everything of a customer, by name of the part. */
  async exported(
    tx: EntityManager,
    orgId: number,
    customerId: number,
  ): Promise<Record<string, ExportedRow[]>> {
    const parts: Record<string, ExportedRow[]> = {};
    for (const [name, statement] of Object.entries(EXPORTED)) {
      parts[name] = (await tx.query<ExportedRow[]>(statement, [orgId, customerId])).map(withNumbers);
    }
    return parts;
  }
}

/** Cents, quantities and ids of ours as the numbers they are; the driver answers wide ones as text. */
function withNumbers(row: ExportedRow): ExportedRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const isNumber = /_cents$|^(?:id|payment_id|quantity)$/.test(column) && typeof value === 'string';
      return [column, isNumber ? Number(value) : value];
    }),
  );
}
