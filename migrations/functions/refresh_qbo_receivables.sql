-- Works out anew what is open of receivables by these documents of a company, `[{"type": "Invoice", "id": "58"}, …]`,
-- by what they settle and by what settles them; by every document of the company where `documents` is null. A payment
-- counts for what it settles from the later of the two days on; until then it stands by itself, as a credit. So does
-- one of nothing, which puts a credit on an invoice. Planned anew each time, for it is asked about one document or about
-- all.
--
-- The planner knows nothing of rows that are put together here. It takes two columns that must be equal for a handful of
-- rows, and then goes through all rows for each of them. So each document is looked up by its key (`offset 0` keeps that
-- from being turned into a join), and whether it is a payment is a column.
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
        join qbo_document_links l on l.org_id = org and l.realm_id = company and l.type = 'Payment' and l.qbo_id = g.id
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
    select n.type, n.qbo_id, n.type = 'Payment' as is_payment, d.txn_on, d.due_on, d.currency
      from near n
     cross join lateral (
       select d.txn_on, d.due_on, d.currency from qbo_documents d
        where d.org_id = org and d.realm_id = company and d.type = n.type and d.qbo_id = n.qbo_id and d.state = 'live'
        offset 0) d),
  entries as materialized (
    select d.type, d.qbo_id, d.is_payment, e.party_id, d.txn_on, d.due_on, d.currency, e.party_name, e.cents
      from docs d
     cross join lateral (
       select e.party_id, max(e.party_name) as party_name, sum(e.cents)::bigint as cents
         from qbo_subledger_entries e
        where e.org_id = org and e.realm_id = company and e.type = d.type and e.qbo_id = d.qbo_id and e.ledger = 'ar'
        group by e.party_id offset 0) e),
  -- A payment settles lines of journal entries of its own customer alone.
  settled as materialized (
    select l.payment_id, t.type, t.qbo_id, t.party_id, greatest(p.txn_on, t.txn_on) as day,
           (l.cents * sign(t.cents))::bigint as cents
      from links l
      join docs p on p.is_payment and p.qbo_id = l.payment_id
      join entries t on t.type = l.to_type and t.qbo_id = l.to_id and t.cents <> 0
      left join entries own on own.is_payment and own.qbo_id = l.payment_id
     where own.party_id is null or t.type in ('Invoice', 'CreditMemo') or t.party_id = own.party_id),
  moved as (
    select s.type, s.qbo_id, s.party_id, s.day, -s.cents as cents from settled s
     union all
    select e.type, e.qbo_id, e.party_id, s.day, s.cents
      from settled s join entries e on e.is_payment and e.qbo_id = s.payment_id),
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
end $$;
