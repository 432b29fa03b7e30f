-- Backs off from a company for so many seconds and halves its throttle share, down to an eighth. A 429 that comes in
-- while it is backed off was sent before and says nothing new: it may lengthen the pause, but halves nothing again.
create or replace function pause_qbo_company(realm text, seconds double precision) returns void
language plpgsql as $$
declare
  held qbo_limits;
  at timestamptz;
  ends timestamptz;
begin
  insert into qbo_limits (realm_id) values (realm) on conflict on constraint qbo_limits_pkey do nothing;
  select * into held from qbo_limits where realm_id = realm for update;
  at := clock_timestamp();
  ends := greatest(held.blocked_until, at + make_interval(secs => seconds));
  if held.blocked_until is null or held.blocked_until <= at then
    held.pace_share := greatest(qbo_pace_share(held.pace_share, held.quiet_since, at) / 2, 0.125);
  end if;
  update qbo_limits
     set pace_share = held.pace_share, quiet_since = ends, blocked_until = ends
   where realm_id = realm;
end $$;
