-- Takes up to `wanted` rate tokens to call a company. Answers how many were granted, how many seconds the company is
-- backed off yet, in how many milliseconds asking again can help, whether it is the calls in flight that stand in the
-- way, and the lease of those that were granted. The lock on the row orders the replicas; a function, because its
-- plans are kept.
--
-- Time is cut into slots of 1/16 second, newest first, with the calls that went out in each. `window_max` holds for
-- 21 slots: 1.25 seconds at least, wherever in its slot the first call was. A company that had fewer than `easy_max`
-- calls in 3 seconds may be called at once; a busy one gets `pace_max` in two slots. A clock that jumped back by more
-- than a second empties the slots instead of closing them for as long. All this is for the full rate; a company that
-- was slowed down gets its throttle share.
--
-- The lease of a call in flight is the millisecond at which it counts as over, unless it is given back before:
-- whoever dies with one keeps its place no longer than a call can last. The last two parameters have defaults for
-- replicas that run an older version.
create or replace function take_rate_tokens(
  realm text, wanted integer, window_max integer, pace_max integer, easy_max integer,
  minute_refill double precision, minute_max double precision,
  is_batch boolean, batch_refill double precision, batch_max double precision,
  under_way_max integer default null, call_seconds double precision default 0
) returns table (
  granted integer, blocked_seconds double precision, next_ms double precision, concurrency_limited boolean, lease bigint
)
language plpgsql as $$
declare
  held qbo_limits;
  at timestamptz;
  seconds double precision;
  share double precision;
  this_slot bigint;
  moved integer;
  kept integer[];
  calls_under_way bigint[];
  idle double precision;
  minute double precision;
  batch double precision;
  tokens integer;
begin
  select * into held from qbo_limits where realm_id = realm for update;
  if not found then
    insert into qbo_limits (realm_id) values (realm) on conflict on constraint qbo_limits_pkey do nothing;
    select * into held from qbo_limits where realm_id = realm for update;
  end if;
  at := clock_timestamp();
  seconds := extract(epoch from at);
  next_ms := (1 - (seconds * 8 - floor(seconds * 8))) * 125;
  blocked_seconds := coalesce(greatest(extract(epoch from held.blocked_until - at), 0), 0);
  if blocked_seconds > 0 then
    granted := 0;
    concurrency_limited := false;
    return next;
    return;
  end if;

  this_slot := floor(seconds * 16);
  if this_slot - held.slot between -16 and 47 then
    this_slot := greatest(this_slot, held.slot);
    moved := this_slot - held.slot;
  else
    moved := 48;
  end if;
  kept := array_fill(0, array[moved]) || held.slots[1:48 - moved];
  share := qbo_pace_share(held.pace_share, held.quiet_since, at);
  idle := greatest(extract(epoch from at - held.refilled_at), 0);
  minute := least(greatest(1, minute_max * share), held.minute_tokens + idle * minute_refill * share);
  batch := least(greatest(1, batch_max * share), held.batch_tokens + idle * batch_refill * share);
  calls_under_way := array(select ends from unnest(held.under_way) as ends where ends > seconds * 1000);
  select greatest(0, least(
           wanted,
           greatest(1, floor(window_max * share)) - sum(calls) filter (where age <= 21),
           greatest(pace_max - sum(calls) filter (where age <= 2), floor(easy_max * share) - sum(calls)),
           floor(minute),
           case when is_batch then floor(batch) end,
           under_way_max - cardinality(calls_under_way)))
    into tokens
    from unnest(kept) with ordinality as slots (calls, age);
  lease := ceil((seconds + call_seconds) * 1000);
  concurrency_limited := coalesce(tokens < wanted and cardinality(calls_under_way) + tokens >= under_way_max, false);
  kept[1] := kept[1] + tokens;
  update qbo_limits
     set slot = this_slot, slots = kept, minute_tokens = minute - tokens,
         batch_tokens = batch - case when is_batch then tokens else 0 end, refilled_at = at,
         under_way = calls_under_way || array_fill(lease, array[tokens])
   where realm_id = realm;
  granted := tokens;
  return next;
end $$;
