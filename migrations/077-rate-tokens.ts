import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Takes rate tokens to call a company, under the name and with the answer of one version or the other. */
const takeRateTokens = (name: string, limited: string): string => `
  create function ${name}(
    realm text, wanted integer, window_max integer, pace_max integer, easy_max integer,
    minute_refill double precision, minute_max double precision,
    is_batch boolean, batch_refill double precision, batch_max double precision,
    under_way_max integer default null, call_seconds double precision default 0
  ) returns table (
    granted integer, blocked_seconds double precision, next_ms double precision, ${limited} boolean, lease bigint
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
      ${limited} := false;
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
    ${limited} := coalesce(tokens < wanted and cardinality(calls_under_way) + tokens >= under_way_max, false);
    kept[1] := kept[1] + tokens;
    update qbo_limits
       set slot = this_slot, slots = kept, minute_tokens = minute - tokens,
           batch_tokens = batch - case when is_batch then tokens else 0 end, refilled_at = at,
           under_way = calls_under_way || array_fill(lease, array[tokens])
     where realm_id = realm;
    granted := tokens;
    return next;
  end $$`;

/**
 * The function of the rate limiter is called by the words of the code. The name of the version before stays for its
 * replicas, and asks the new one: migrations/functions/take_qbo_permits.sql.
 */
export class RateTokens1792281600077 implements MigrationInterface {
  readonly name = 'RateTokens1792281600077';

  async up(db: QueryRunner): Promise<void> {
    await db.query(takeRateTokens('take_rate_tokens', 'concurrency_limited'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function take_qbo_permits');
    await db.query(takeRateTokens('take_qbo_permits', 'crowded'));
    await db.query('drop function take_rate_tokens');
  }
}
