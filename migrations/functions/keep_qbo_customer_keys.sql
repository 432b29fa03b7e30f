-- Keeps what a customer of QuickBooks is found by, a row for each key: the keys of its names, its company's among them,
-- its e-mail addresses and its phones, each cut to 300 characters. Runs after an insert of a customer or a change of keys.
create or replace function keep_qbo_customer_keys() returns trigger language plpgsql as $$
begin
  delete from qbo_customer_keys k
   where k.org_id = new.org_id and k.realm_id = new.realm_id and k.qbo_id = new.qbo_id;
  insert into qbo_customer_keys (org_id, realm_id, kind, key, qbo_id)
  select distinct new.org_id, new.realm_id, found.kind, left(found.key, 300), new.qbo_id
    from (select 'name' as kind, unnest(new.name_keys || new.company_key) as key
          union all select 'email', unnest(new.email_keys)
          union all select 'phone', unnest(new.phone_keys)) as found
   where found.key is not null;
  return null;
end $$;
