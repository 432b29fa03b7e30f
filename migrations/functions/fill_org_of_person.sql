-- Fills in the organisation that a row of a person leaves out: the one the person used last. The version before names
-- none, since a person was in one. Runs before an insert without org_id.
create or replace function fill_org_of_person() returns trigger language plpgsql as $$
begin
  select u.org_id into new.org_id from users u where u.id = new.user_id;
  return new;
end $$;
