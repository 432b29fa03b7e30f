-- Makes a person who was just added a member of the organisation they were added to. Runs after an insert of users, so
-- that nobody is in no organisation, whoever adds them.
create or replace function add_first_membership() returns trigger language plpgsql as $$
begin
  insert into memberships (org_id, user_id, is_active, created_at, updated_at)
  values (new.org_id, new.id, new.is_active, new.created_at, new.updated_at)
  on conflict on constraint memberships_pkey do nothing;
  return null;
end $$;
