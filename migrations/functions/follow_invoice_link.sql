-- Follows an invoice link that is written into `leads` by SQL. One that the product writes is there already; any
-- other is a person's and takes the place of the one before; an empty text is none, and neither is an invoice that
-- another proposal has: whoever writes it is warned, and followed as soon as that one lets go of it, as where two are
-- exchanged. What is written along of how it stands was known before: it holds until QuickBooks is read, so that what
-- an older system knew to be paid is not paid anew. An invoice is of the company that is connected as it is linked, or
-- where none is, of the one that is read first, which then costs an entry in each index. Runs after an insert or update
-- of leads.qbo_invoice_id.
-- Rows of invoices are asked for in the order of the index that finds them: where a table was never analysed, all
-- indexes that begin with org_id look alike, and one of the others goes through all invoices for each of many links.
create or replace function follow_invoice_link() returns trigger language plpgsql as $$
declare
  wanted varchar := nullif(new.qbo_invoice_id, '');
  replaced varchar := case when tg_op = 'UPDATE' then old.qbo_invoice_id end;
  new_number varchar := case when tg_op = 'UPDATE' then nullif(new.qbo_invoice_number, old.qbo_invoice_number)
                             else new.qbo_invoice_number end;
  new_status varchar := case when tg_op = 'UPDATE' then nullif(new.qbo_status, old.qbo_status)
                             else new.qbo_status end;
  holder integer;
  made bigint := (select o.entity_id from sync_operations o
                   where o.org_id = new.org_id and o.proposal_id = new.id and o.kind = 'invoice.create'
                     and o.state = 'done' and o.qbo_id = wanted limit 1);
  owned varchar[];
  heir integer;
  heir_status varchar;
  let_go boolean;
  company text := (select t.realm_id from qbo_tokens t where t.org_id = new.org_id);
begin
  owned := array(select i.qbo_invoice_id from invoices i where i.org_id = new.org_id and i.proposal_id = new.id
                  order by i.kind, i.sequence, i.generation);
  if wanted = any (owned) then
    return null;
  end if;
  -- One that was not followed is not what is replaced: the row that was let go of for it is taken up again.
  if (replaced = any (owned)) is not true then
    replaced := null;
  end if;
  select i.proposal_id into holder from invoices i
   where i.org_id = new.org_id and i.qbo_invoice_id between wanted and wanted and i.proposal_id <> new.id
     and coalesce(i.qbo_realm_id = company, true)
   order by i.qbo_invoice_id limit 1;
  if holder is not null then
    raise warning 'Invoice % belongs to proposal % already, so proposal % does not follow it', wanted, holder, new.id;
    wanted := null;
    -- While it waits, how it stands is what was written along, and not how the invoice before it stood.
    if tg_op = 'UPDATE' and new_status is null and new.qbo_status is not null then
      update leads set qbo_status = null where org_id = new.org_id and id = new.id;
    end if;
  end if;
  update invoices i set qbo_invoice_id = wanted, qbo_realm_id = case when wanted is not null then company end,
         number = new_number, status = case when wanted is not null then new_status end, state = null,
         total_cents = null, balance_cents = null, paid_cents = null, due_on = null,
         txn_date = null, paid_on = null, qbo_customer_ref = null, original_cents = null, original_customer_ref = null,
         original_txn_date = null, sync_token = null, payments_incomplete = false, last_sync_at = null, updated_at = now()
   where i.org_id = new.org_id and (wanted is not null or replaced is not null) and i.id = (
     select newest.id
       from (select o.* from invoices o where o.org_id = new.org_id and o.proposal_id = new.id
              order by o.kind, o.sequence, o.generation offset 0) newest
      where newest.qbo_invoice_id is not distinct from replaced
        and (replaced is not null or newest.kind = 'deposit' or newest.id = made)
      order by newest.id = made desc nulls last, newest.id desc limit 1);
  let_go := found and replaced is not null;
  if not found and wanted is not null then
    insert into invoices (org_id, proposal_id, kind, generation, currency, qbo_realm_id, qbo_invoice_id, number, status)
    select new.org_id, new.id, 'deposit', coalesce(max(i.generation), 0) + 1, new.currency, company, wanted,
           new_number, new_status
      from invoices i
     where i.org_id = new.org_id and i.proposal_id = new.id and i.kind = 'deposit' and i.sequence = 1;
  end if;
  if new.qbo_invoice_id = '' then
    update leads set qbo_invoice_id = null where org_id = new.org_id and id = new.id;
  end if;
  if let_go then
    select l.id, l.qbo_status into heir, heir_status from leads l
     where l.org_id = new.org_id and l.qbo_invoice_id = replaced and l.id <> new.id
       -- One that has an invoice is not waiting: its own change follows in this statement.
       and not exists (select from invoices i
                        where i.org_id = l.org_id and i.proposal_id = l.id and i.qbo_invoice_id is not null)
     limit 1;
    update leads set qbo_invoice_id = null, qbo_status = null where org_id = new.org_id and id = heir;
    update leads set qbo_invoice_id = replaced, qbo_status = heir_status where org_id = new.org_id and id = heir;
  end if;
  return null;
end $$;
