-- Follows a link of a customer that is written by SQL: what was known of the record before is forgotten, and the new
-- one is read when it is used. Whoever writes the company or what the record says beside the id, as the product does,
-- has said it. An empty text is no link. Runs before an insert or update of customers.qbo_customer_id.
create or replace function follow_customer_link() returns trigger language plpgsql as $$
begin
  new.qbo_customer_id := nullif(new.qbo_customer_id, '');
  if tg_op = 'INSERT' or (new.qbo_realm_id, new.qbo_sync_token, new.qbo_profile)
                         is distinct from (old.qbo_realm_id, old.qbo_sync_token, old.qbo_profile) then
    return new;
  end if;
  new.qbo_realm_id := null;
  new.qbo_sync_token := null;
  new.qbo_profile := null;
  new.qbo_sent := null;
  new.qbo_last_sync_at := nullif(new.qbo_last_sync_at, old.qbo_last_sync_at);
  return new;
end $$;
