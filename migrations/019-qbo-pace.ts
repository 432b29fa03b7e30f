import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The share of our own pace at which a company may be called: what it was slowed down to, and a sixteenth more for each
 * minute since `quiet_since` in which QuickBooks did not ask to wait.
 */
const QBO_PACE_SHARE = `
  create function qbo_pace_share(slowed_to double precision, quiet_since timestamptz, at timestamptz)
  returns double precision language sql immutable
  return least(1, slowed_to + floor(greatest(extract(epoch from at - quiet_since), 0) / 60) / 16)`;

/**
 * Pauses a company for so many seconds and halves its pace, down to an eighth. What comes in during a pause was sent
 * before it and tells nothing new: it may lengthen the pause, but halves nothing again.
 */
const PAUSE_QBO_COMPANY = `
  create function pause_qbo_company(realm text, seconds double precision) returns void
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
  end $$`;

/**
 * Takes up to so many permits to call a company and answers how many it got, how long the company is paused yet, when
 * asking again can help, whether it is the calls under way that stand in the way, and until when those that were
 * granted count as under way. The lock on the row orders the replicas; a function, because its plans are kept.
 *
 * Time is cut into slots of 1/16 second, newest first, with the calls that went out in each. `window_max` holds for 21
 * slots: 1.25 seconds at least, wherever in its slot the first call was. A company that had fewer than `easy_max` calls
 * in 3 seconds may be called at once; a busy one gets `pace_max` in two slots. A clock that jumped back by more than a
 * second empties the slots instead of closing them for as long. All this is for a company at its full pace; one that
 * was slowed down gets its share.
 *
 * A call under way is the millisecond at which it will be taken for over, unless it is given back before: whoever dies
 * with one keeps its place no longer than a call can last. The last two parameters have defaults for replicas that do
 * not know them yet.
 */
const TAKE_QBO_PERMITS = `
  create function take_qbo_permits(
    realm text, wanted integer, window_max integer, pace_max integer, easy_max integer,
    minute_refill double precision, minute_max double precision,
    is_batch boolean, batch_refill double precision, batch_max double precision,
    under_way_max integer default null, call_seconds double precision default 0
  ) returns table (
    granted integer, blocked_seconds double precision, next_ms double precision, crowded boolean, lease bigint
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
    permits integer;
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
      crowded := false;
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
      into permits
      from unnest(kept) with ordinality as slots (calls, age);
    lease := ceil((seconds + call_seconds) * 1000);
    crowded := coalesce(permits < wanted and cardinality(calls_under_way) + permits >= under_way_max, false);
    kept[1] := kept[1] + permits;
    update qbo_limits
       set slot = this_slot, slots = kept, minute_tokens = minute - permits,
           batch_tokens = batch - case when is_batch then permits else 0 end, refilled_at = at,
           under_way = calls_under_way || array_fill(lease, array[permits])
     where realm_id = realm;
    granted := permits;
    return next;
  end $$`;

/** As it was: one pace for all times, and no count of the calls under way. */
const TAKE_QBO_PERMITS_BEFORE = `
  create function take_qbo_permits(
    realm text, wanted integer, window_max integer, pace_max integer, easy_max integer,
    minute_refill double precision, minute_max double precision,
    is_batch boolean, batch_refill double precision, batch_max double precision
  ) returns table (granted integer, blocked_seconds double precision, next_ms double precision)
  language plpgsql as $$
  declare
    held qbo_limits;
    at timestamptz;
    seconds double precision;
    this_slot bigint;
    moved integer;
    kept integer[];
    idle double precision;
    minute double precision;
    batch double precision;
    permits integer;
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
    idle := greatest(extract(epoch from at - held.refilled_at), 0);
    minute := least(minute_max, held.minute_tokens + idle * minute_refill);
    batch := least(batch_max, held.batch_tokens + idle * batch_refill);
    select greatest(0, least(
             wanted,
             window_max - sum(calls) filter (where age <= 21),
             greatest(pace_max - sum(calls) filter (where age <= 2), easy_max - sum(calls)),
             floor(minute),
             case when is_batch then floor(batch) end))
      into permits
      from unnest(kept) with ordinality as slots (calls, age);
    kept[1] := kept[1] + permits;
    update qbo_limits
       set slot = this_slot, slots = kept, minute_tokens = minute - permits,
           batch_tokens = batch - case when is_batch then permits else 0 end, refilled_at = at
     where realm_id = realm;
    granted := permits;
    return next;
  end $$`;

/**
 * A company whose quota other vendors' apps eat is called at a smaller pace for a while, and only so many calls to one
 * company are under way at once, whichever replica makes them. The function is made anew rather than replaced, because
 * it answers more than it did; it still takes the calls of replicas that run the version before.
 */
export class QboPace1776211200019 implements MigrationInterface {
  readonly name = 'QboPace1776211200019';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table qbo_limits
        add column pace_share double precision not null default 1,
        add column quiet_since timestamptz not null default clock_timestamp(),
        add column under_way bigint[] not null default '{}',
        add constraint qbo_limits_pace_share_sensible check (pace_share between 0.125 and 1)`);
    await db.query('drop function take_qbo_permits');
    await db.query(QBO_PACE_SHARE);
    await db.query(PAUSE_QBO_COMPANY);
    await db.query(TAKE_QBO_PERMITS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function take_qbo_permits');
    await db.query('drop function pause_qbo_company');
    await db.query('drop function qbo_pace_share');
    await db.query(`
      alter table qbo_limits
        drop constraint qbo_limits_pace_share_sensible,
        drop column pace_share,
        drop column quiet_since,
        drop column under_way`);
    await db.query(TAKE_QBO_PERMITS_BEFORE);
  }
}
