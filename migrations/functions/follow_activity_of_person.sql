-- The version before, while both run, knows one organisation of a person: letting them in or out there is letting them
-- in or out by their membership. What the new version writes has changed the membership before, and nothing is left.
create or replace function follow_activity_of_person() returns trigger
language plpgsql as $$
begin
  if new.is_active then
    update memberships set is_active = true, updated_at = new.updated_at
     where org_id = new.org_id and user_id = new.id and erased_at is null
       and not exists (select from memberships m where m.user_id = new.id and m.is_active);
  else
    update memberships set is_active = false, token_epoch = token_epoch + 1, updated_at = new.updated_at
     where user_id = new.id and is_active;
  end if;
  return null;
end $$;
