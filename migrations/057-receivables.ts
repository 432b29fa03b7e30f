import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is open of each receivable of a company, kept while its documents are mirrored: a report of any day reads the
 * rows that were open on it, and adds nothing up from all that ever happened.
 */
export class Receivables1790553600057 implements MigrationInterface {
  readonly name = 'Receivables1790553600057';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_receivables (
        org_id integer not null,
        realm_id text not null,
        type text not null,
        qbo_id text not null,
        party_id text not null,
        party_name text,
        txn_on date not null,
        due_on date,
        currency char(3),
        cents bigint not null,
        open_cents bigint not null,
        settled_on date,
        applied_on date[] not null,
        applied_amounts bigint[] not null,
        constraint qbo_receivables_pkey primary key (org_id, realm_id, type, qbo_id, party_id),
        constraint qbo_receivables_applied_paired check (cardinality(applied_on) = cardinality(applied_amounts)),
        constraint qbo_receivables_document_fkey foreign key (org_id, realm_id, type, qbo_id)
          references qbo_documents (org_id, realm_id, type, qbo_id) on delete cascade
      )`);
    await db.query(`
      create or replace function refresh_qbo_receivables(org integer, company text, documents jsonb) returns void
  language plpgsql set plan_cache_mode = force_custom_plan as $$
  declare
    -- What a link calls a purchase.
    purchases constant text[] := array['Purchase', 'Expense', 'Check', 'CreditCardCredit'];
    types text[];
    ids text[];
  begin
    if documents is null then
      select array_agg(d.type), array_agg(d.qbo_id) into types, ids
        from qbo_documents d where d.org_id = org and d.realm_id = company;
    else
      select array_agg(k.type), array_agg(k.id) into types, ids from (
        select case when g.type = any (purchases) then 'Purchase' else g.type end as type, g.id
          from jsonb_to_recordset(documents) as g (type text, id text)
         union
        select case when l.to_type = any (purchases) then 'Purchase' else l.to_type end, l.to_id
          from jsonb_to_recordset(documents) as g (type text, id text)
          join qbo_document_links l on l.org_id = org and l.realm_id = company and l.type = 'Payment'
                                   and l.qbo_id = g.id
         where g.type = 'Payment'
         union
        select 'Payment', l.qbo_id
          from jsonb_to_recordset(documents) as g (type text, id text),
               unnest(case g.type when 'Purchase' then purchases else array[g.type] end) as named (to_type)
          join qbo_document_links l on l.org_id = org and l.realm_id = company and l.to_type = named.to_type
         where l.to_id = g.id and l.type = 'Payment') as k;
    end if;

    delete from qbo_receivables r using unnest(types, ids) as k (type, id)
     where r.org_id = org and r.realm_id = company and r.type = k.type and r.qbo_id = k.id;

    insert into qbo_receivables (org_id, realm_id, type, qbo_id, party_id, party_name, txn_on, due_on, currency, cents,
                                 open_cents, settled_on, applied_on, applied_amounts)
    with wanted as materialized (
      select k.type, k.id as qbo_id from unnest(types, ids) as k (type, id)),
    links as materialized (
      select l.qbo_id as payment_id, l.line, case when l.to_type = any (purchases) then 'Purchase' else l.to_type end
               as to_type, l.to_id, l.cents
        from wanted w
        join qbo_document_links l on l.org_id = org and l.realm_id = company and l.type = 'Payment'
                                 and l.qbo_id = w.qbo_id
       where w.type = 'Payment'
       union
      select l.qbo_id, l.line, w.type, l.to_id, l.cents
        from wanted w,
             unnest(case w.type when 'Purchase' then purchases else array[w.type] end) as named (to_type)
        join qbo_document_links l on l.org_id = org and l.realm_id = company and l.to_type = named.to_type
       where l.to_id = w.qbo_id and l.type = 'Payment'),
    near as (
      select w.type, w.qbo_id from wanted w
       union select 'Payment', l.payment_id from links l
       union select l.to_type, l.to_id from links l),
    docs as materialized (
      select d.type, d.qbo_id, d.txn_on, d.due_on, d.currency
        from near n
        join qbo_documents d on d.org_id = org and d.realm_id = company and d.type = n.type and d.qbo_id = n.qbo_id
       where d.state = 'live'),
    entries as materialized (
      select e.type, e.qbo_id, e.party_id, d.txn_on, d.due_on, d.currency, max(e.party_name) as party_name,
             sum(e.cents)::bigint as cents
        from docs d
        join qbo_subledger_entries e on e.org_id = org and e.realm_id = company and e.type = d.type
                                    and e.qbo_id = d.qbo_id
       where e.ledger = 'ar'
       group by e.type, e.qbo_id, e.party_id, d.txn_on, d.due_on, d.currency),
    -- A payment with an amount of its own settles lines of journal entries of its own customer alone.
    settled as materialized (
      select l.payment_id, t.type, t.qbo_id, t.party_id, greatest(p.txn_on, t.txn_on) as day,
             (l.cents * sign(t.cents))::bigint as cents
        from links l
        join docs p on p.type = 'Payment' and p.qbo_id = l.payment_id
        join entries t on t.type = l.to_type and t.qbo_id = l.to_id and t.cents <> 0
        left join entries own on own.type = 'Payment' and own.qbo_id = l.payment_id
       where own.party_id is null or t.type in ('Invoice', 'CreditMemo') or t.party_id = own.party_id),
    moved as (
      select s.type, s.qbo_id, s.party_id, s.day, -s.cents as cents from settled s
       union all
      select e.type, e.qbo_id, e.party_id, s.day, s.cents
        from settled s join entries e on e.type = 'Payment' and e.qbo_id = s.payment_id),
    applied as (
      select m.type, m.qbo_id, m.party_id, sum(m.cents)::bigint as cents, max(m.day) as settled_on,
             array_agg(m.day order by m.day, m.cents) as days, array_agg(m.cents order by m.day, m.cents) as amounts
        from moved m group by m.type, m.qbo_id, m.party_id)
    select org, company, e.type, e.qbo_id, e.party_id, e.party_name, e.txn_on,
           case when e.type = 'Invoice' then e.due_on end, e.currency, e.cents, e.cents + coalesce(a.cents, 0),
           a.settled_on, coalesce(a.days, '{}'), coalesce(a.amounts, '{}')
      from wanted w
      join entries e on e.type = w.type and e.qbo_id = w.qbo_id
      left join applied a on a.type = e.type and a.qbo_id = e.qbo_id and a.party_id = e.party_id;
  end $$;`);
    await db.query('select refresh_qbo_receivables(org_id, realm_id, null) from qbo_document_mirrors');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function refresh_qbo_receivables(integer, text, jsonb)');
    await db.query('drop table qbo_receivables');
  }
}
