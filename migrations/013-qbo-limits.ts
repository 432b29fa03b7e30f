import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Takes up to so many permits to call a company and answers how many it got, how long the company is paused yet, and
 * when asking again can help. The lock on the row orders the replicas; a function, because its plans are kept.
 *
 * Time is cut into slots of 1/16 second, newest first, with the calls that went out in each. `window_max` holds for 21
 * slots: 1.25 seconds at least, wherever in its slot the first call was. A company that had fewer than `easy_max` calls
 * in 3 seconds may be called at once; a busy one gets `pace_max` in two slots. A clock that jumped back by more than a
 * second empties the slots instead of closing them for as long.
 */
const TAKE_QBO_PERMITS = `
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
 * How much each QuickBooks company may still be asked, shared by every replica, and what was asked of it in a month.
 * The limits are unlogged: after a crash of the database a company begins anew, as it would after a minute's rest.
 * What was used is money and is logged.
 */
export class QboLimits1768435200013 implements MigrationInterface {
  readonly name = 'QboLimits1768435200013';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create unlogged table qbo_limits (
        realm_id text not null,
        slot bigint not null default 0,
        slots integer[] not null default array_fill(0, array[48]),
        minute_tokens double precision not null default 1e9,
        batch_tokens double precision not null default 1e9,
        refilled_at timestamptz not null default clock_timestamp(),
        blocked_until timestamptz,
        constraint qbo_limits_pkey primary key (realm_id),
        constraint qbo_limits_slots_length check (cardinality(slots) = 48)
      ) with (fillfactor = 50)`);
    await db.query(TAKE_QBO_PERMITS);
    await db.query(`
      create table qbo_usage (
        month text not null,
        org_id integer not null,
        operation text not null,
        calls bigint not null,
        metered bigint not null,
        constraint qbo_usage_pkey primary key (month, org_id, operation),
        constraint qbo_usage_org_fkey foreign key (org_id) references orgs (id),
        constraint qbo_usage_month_format check (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
        constraint qbo_usage_counts_sensible check (metered >= 0 and calls >= metered)
      )`);
    await db.query('create index qbo_usage_org_idx on qbo_usage (org_id, month)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table qbo_usage');
    await db.query('drop function take_qbo_permits');
    await db.query('drop table qbo_limits');
  }
}
