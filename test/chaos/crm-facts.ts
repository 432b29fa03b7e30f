import type { QueryResultRow } from 'pg';
import type { CrmFacts, Facts, KeptEvent } from './facts.ts';
import type { Installation } from './installation.ts';

type Rows<Name extends keyof CrmFacts> = CrmFacts[Name] extends readonly (infer Row)[] ? Row : never;

/** One statement for each part, about one organisation; names are those of the facts. */
const STATEMENTS: {
  [Name in keyof CrmFacts as CrmFacts[Name] extends readonly unknown[] ? Name : never]?: string;
} = {
  customers: `select id, email, qbo_customer_id as "qboId" from customers where org_id = $1`,
  proposals: `
    select id, customer_id as "customerId", status, currency, qbo_invoice_id as "qboInvoiceId",
           qbo_balance_cents::float8 as "qboBalanceCents", deposit_paid_cents::float8 as "depositPaidCents",
           coalesce(approved_at > (select min(at) from audit_log), false) as "isLogged"
      from leads where org_id = $1`,
  contracts: `
    select contract.proposal_id as "proposalId", value_cents::float8 as "valueCents",
           (select coalesce(sum(amount_cents), 0)::float8 from proposal_lines line
             where line.org_id = $1 and line.proposal_id = contract.proposal_id) as "offeredCents",
           coalesce(sum(delta_cents) filter (where change.state = 'approved'), 0)::float8 as "changedCents",
           count(change.approved_at)::int as approvals
      from contracts contract
      left join change_orders change on change.org_id = contract.org_id and change.contract_id = contract.id
     where contract.org_id = $1
     group by contract.proposal_id, value_cents`,
  invoices: `
    select id, proposal_id as "proposalId", kind, sequence, generation, qbo_invoice_id as "qboId", number, state,
           total_cents::float8 as "totalCents", balance_cents::float8 as "balanceCents"
      from invoices where org_id = $1`,
  payments: `
    select id::int, proposal_id as "proposalId", invoice_kind as kind, stripe_payment_intent_id as intent,
           stripe_session_id as session, amount_cents::float8 as cents
      from payments where org_id = $1`,
  refunds: `
    select payment_id::int as "paymentId", stripe_refund_id as "stripeId", amount_cents::float8 as cents, state
      from refunds where org_id = $1`,
  disputes: `
    select payment_id::int as "paymentId", stripe_dispute_id as "stripeId", amount_cents::float8 as cents, state
      from disputes where org_id = $1`,
  credits: `
    select id, proposal_id as "proposalId", qbo_credit_memo_id as "qboId", state, total_cents::float8 as "totalCents"
      from credit_memos where org_id = $1`,
  applied: `
    select qbo_payment_id as "paymentQboId", qbo_invoice_id as "invoiceQboId", sum(amount_cents)::float8 as cents
      from invoice_payments where org_id = $1 and kind in ('payment', 'credit')
       and removed_at is null and qbo_payment_id <> credit_memo_id
     group by 1, 2`,
  operations: `
    select id::int, kind, entity_id as "entityId", generation, proposal_id as "proposalId",
           request_id as "requestId", state, qbo_id as "qboId",
           coalesce(error_kind || ': ', '') || error_detail as error
      from sync_operations where org_id = $1`,
  inbox: `
    select code, reason, proposal_id as "proposalId", customer_id as "customerId", operation_id::int as "operationId"
      from inbox_items where org_id = $1 and state = 'open'`,
  activity: `
    select proposal_id as "proposalId", event, occurrence from portal_activity
     where org_id = $1 and proposal_id is not null`,
  reminders: `
    select reminder.id, invoice_id as "invoiceId", invoice.proposal_id as "proposalId", reminder.state,
           handed_over_at is not null as "isHandedOver",
           reminder.state = 'queued' and next_attempt_at <= now() as "isDue"
      from invoice_reminders reminder
      join invoices invoice on invoice.org_id = reminder.org_id and invoice.id = reminder.invoice_id
     where reminder.org_id = $1`,
  mailedLinks: `
    select id, proposal_id as "proposalId", email_state as state,
           email_state = 'queued' and email_next_attempt_at <= now() as "isDue"
      from portal_links where org_id = $1 and email_state is not null`,
  audit: `select action, proposal_id as "proposalId" from audit_log where org_id = $1`,
};

/** Reads an organisation's rows as the owner of the tables, and asks the product why each proposal stands so. */
export async function readCrm(
  { postgres, api }: Installation,
  { orgId, token }: { orgId: number; token: string },
): Promise<CrmFacts> {
  const names = Object.keys(STATEMENTS) as (keyof typeof STATEMENTS)[];
  const parts = await Promise.all(
    names.map(async (name) => [name, await postgres.query<QueryResultRow>(STATEMENTS[name]!, [orgId])]),
  );
  const rows = Object.fromEntries(parts) as Pick<CrmFacts, keyof typeof STATEMENTS>;
  const [connection] = await postgres.query<{ connected: boolean }>(
    `select state = 'connected' as connected from qbo_tokens where org_id = $1`,
    [orgId],
  );
  const pending = await postgres.query<{ id: string }>(
    `select event_id as id from qbo_events where org_id = $1 and state = 'pending'`,
    [orgId],
  );
  const why: Rows<'why'>[] = [];
  for (const { id } of rows.proposals as Rows<'proposals'>[]) {
    const answer = await fetch(`${api.url}/proposals/${id}/why`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { answer: said, next_step } = (await answer.json()) as { answer: string; next_step: string };
    why.push({ proposalId: id, answer: said, nextStep: next_step });
  }
  return {
    ...rows,
    org: orgId,
    isConnected: connection?.connected ?? false,
    why,
    pendingEvents: pending.map(({ id }) => id),
  };
}

/** Stripe's events as they were kept, of all organisations. */
export async function readKeptEvents({ postgres }: Installation): Promise<KeptEvent[]> {
  return postgres.query<KeptEvent & QueryResultRow>(
    `select event_id as id, type, state, error from stripe_events`,
  );
}

/** E-mails about the accounts of people. */
export async function readAccountMails({ postgres }: Installation): Promise<Facts['accountMails']> {
  return postgres.query(
    `select id, state, state = 'queued' and next_attempt_at <= now() as "isDue" from account_mails`,
  );
}
