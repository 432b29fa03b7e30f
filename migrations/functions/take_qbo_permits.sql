-- The name by which replicas of the version before ask for rate tokens: see take_rate_tokens.
create or replace function take_qbo_permits(
  realm text, wanted integer, window_max integer, pace_max integer, easy_max integer,
  minute_refill double precision, minute_max double precision,
  is_batch boolean, batch_refill double precision, batch_max double precision,
  under_way_max integer default null, call_seconds double precision default 0
) returns table (
  granted integer, blocked_seconds double precision, next_ms double precision, crowded boolean, lease bigint
)
language plpgsql as $$
begin
  return query select * from take_rate_tokens(realm, wanted, window_max, pace_max, easy_max, minute_refill, minute_max,
                                              is_batch, batch_refill, batch_max, under_way_max, call_seconds);
end $$;
