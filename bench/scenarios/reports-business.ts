import type { Contractor } from '../harness/contractors.ts';
import type { Stage } from '../harness/stage.ts';

/** So many jobs one customer has. */
const JOBS_EACH = 10;

/**
 * Two years of a contractor's business, written in SQL: half as many contracts as invoices, each with a deposit and a
 * final invoice, two payments on each, by all four policies and both modes of deposits; the same documents in the
 * mirror of QuickBooks, and a bill with two lines for each contract.
 */
export async function writeBusiness(
  { database }: Stage,
  { orgId, realmId }: Pick<Contractor, 'orgId' | 'realmId'>,
  invoices: number,
): Promise<void> {
  const org = [orgId];
  const company = [orgId, realmId];
  await database.query(
    `with c as (
       insert into customers (org_id, email, full_name, qbo_realm_id, qbo_customer_id)
       select $1, 'c' || n || '@example.com', 'Customer ' || n, $3, 'c' || n from generate_series(1, $4::int) n
       returning id),
     numbered as (select id, row_number() over (order by id) as n from c),
     l as (
       insert into leads (org_id, name, customer_id, status, amount_cents, currency, approved_at)
       select $1, 'Roof of ' || n || ' Elm', (select id from numbered where numbered.n = 1 + s.n % $4::int), 'approved',
              1000000, 'USD', now()
         from generate_series(1, $2::int) s (n) returning id, customer_id)
     insert into contracts (org_id, proposal_id, customer_id, currency, value_cents, deposit_percent, deposit_cents,
                            terms_days, approved_at, deposit_mode, revenue_policy, completed_on)
     select $1, id, customer_id, 'USD', 1000000, 30, 300000, 14, now() - interval '1 day' * (id % 700),
            case id % 2 when 0 then 'income' else 'liability' end,
            (array['invoice', 'completion', 'milestone', 'percent'])[1 + id % 4], current_date - (id % 720)
       from l`,
    [orgId, invoices / 2, realmId, Math.ceil(invoices / 2 / JOBS_EACH)],
  );
  await database.query('analyze');
  await database.query(
    `insert into invoices (org_id, proposal_id, kind, sequence, generation, currency, amount_cents, total_cents,
                           tax_cents, balance_cents, released_cents, txn_date, due_on, state, status, qbo_realm_id,
                           qbo_invoice_id, qbo_customer_ref)
     select k.org_id, k.proposal_id, kind, 1, 1, 'USD', cents, cents + tax, tax, cents + tax - 2 * ((cents + tax) / 3),
            case when kind = 'final' and k.deposit_mode = 'liability' then 300000 else 0 end,
            current_date - 720 + (k.id % 700) + late, current_date - 690 + (k.id % 700) + late, 'open', 'Open', $2,
            (10 * k.id + late)::text, c.qbo_customer_id
       from contracts k
       join customers c on c.org_id = k.org_id and c.id = k.customer_id,
            (values ('deposit', 300000, 0, 0), ('final', 700000, 56000, 9)) as v (kind, cents, tax, late)
      where k.org_id = $1`,
    company,
  );
  await database.query('analyze');
  await database.query(
    `insert into invoice_lines (org_id, invoice_id, position, kind, description, amount_cents)
     select i.org_id, i.id, 1, 'deposit', 'Deposit', case i.kind when 'deposit' then 300000 else -300000 end
       from invoices i where i.org_id = $1 and i.total_cents is not null`,
    org,
  );
  await database.query(
    `insert into invoice_payments (org_id, proposal_id, realm_id, qbo_payment_id, qbo_invoice_id, kind, amount_cents,
                                   paid_on, sync_token, seen_at, updated_at)
     select i.org_id, i.proposal_id, i.qbo_realm_id, i.qbo_invoice_id || part, i.qbo_invoice_id, 'payment',
            i.total_cents / 3, i.txn_date + 10 * part, 0, now(), now()
       from invoices i, generate_series(1, 2) part where i.org_id = $1 and i.total_cents is not null`,
    org,
  );
  await database.query('analyze');
  await writeMirror(database, company);
  // As a fill does, a page of documents at a time: of all at once the planner knows too little.
  await database.query(
    `select count(refresh_qbo_receivables($1, $2, pages.documents)) from (
       select jsonb_agg(jsonb_build_object('type', d.type, 'id', d.qbo_id)) as documents
         from (select type, qbo_id, (row_number() over (order by qbo_id, type) - 1) / 1000 as page
                 from qbo_documents where org_id = $1 and realm_id = $2) d
        group by d.page) pages`,
    company,
  );
  await database.query('vacuum analyze');
}

async function writeMirror(database: Stage['database'], company: readonly unknown[]): Promise<void> {
  const documents = `
    select 'Invoice' as type, i.qbo_invoice_id as id, i.txn_date as day, i.due_on, 'customer' as kind,
           i.qbo_customer_ref as party, i.total_cents as cents
      from invoices i where i.org_id = $1 and i.qbo_realm_id = $2 and i.total_cents is not null
     union all
    select 'Payment', p.qbo_payment_id, p.paid_on, null, 'customer', i.qbo_customer_ref, p.amount_cents
      from invoice_payments p
      join invoices i on i.org_id = p.org_id and i.qbo_realm_id = p.realm_id and i.qbo_invoice_id = p.qbo_invoice_id
     where p.org_id = $1
     union all
    select 'Bill', k.id::text, current_date - (k.id % 700), current_date - (k.id % 700) + 30, 'vendor', '56', 400000
      from contracts k where k.org_id = $1`;
  await database.query(
    `insert into qbo_document_mirrors (org_id, realm_id, filled_at, changed_since, looked_at)
     values ($1, $2, now(), now(), now())
         on conflict on constraint qbo_document_mirrors_pkey do update
            set filled_at = now(), changed_since = now(), looked_at = now()`,
    [...company],
  );
  await database.query(
    `insert into qbo_documents (org_id, realm_id, type, qbo_id, sync_token, txn_on, due_on, party_kind, party_id,
                                party_name, currency, total_cents, balance_cents, state, first_seen_at, seen_at)
     select $1, $2, type, id, 0, day, due_on, kind, party, party, 'USD', cents, 0, 'live', now(), now()
       from (${documents}) d`,
    [...company],
  );
  await database.query('analyze');
  await database.query(
    `insert into qbo_subledger_entries (org_id, realm_id, type, qbo_id, line, ledger, party_kind, party_id, cents)
     select org_id, realm_id, type, qbo_id, 0, 'ar', 'customer', party_id,
            case type when 'Payment' then -total_cents else total_cents end
       from qbo_documents where org_id = $1 and realm_id = $2 and type in ('Invoice', 'Payment')
         on conflict do nothing`,
    [...company],
  );
  await database.query(
    `insert into qbo_document_links (org_id, realm_id, type, qbo_id, line, to_type, to_id, cents)
     select org_id, realm_id, 'Payment', qbo_payment_id, 1, 'Invoice', qbo_invoice_id, amount_cents
       from invoice_payments where org_id = $1 and realm_id = $2 on conflict do nothing`,
    [...company],
  );
  await database.query(
    `insert into qbo_document_lines (org_id, realm_id, type, qbo_id, line, account_id, party_kind, party_id, party_name,
                                     description, cents, billable)
     select $1, $2, 'Bill', k.id::text, part, '7', case part when 1 then 'customer' end,
            case part when 1 then c.qbo_customer_id end, case part when 1 then c.full_name end,
            case part when 1 then 'for CRM-' || k.proposal_id else 'Nails' end, 200000, false
       from contracts k join customers c on c.org_id = k.org_id and c.id = k.customer_id, generate_series(1, 2) part
      where k.org_id = $1 on conflict do nothing`,
    [...company],
  );
}
