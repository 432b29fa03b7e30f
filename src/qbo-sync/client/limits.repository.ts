import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BATCHES, type CallLimits, SLOT_MS, SLOTS, SLOTS_PER_SECOND, WINDOW_SLOTS } from './call-limits.js';
import type { PermitAnswer } from './permit-queue.js';

/**
 * Takes up to `$2` permits. The row's lock orders the replicas, and everything is worked out from the row itself, so
 * that whoever had to wait works with what the one before has left. A clock that jumped back by more than a second
 * empties the slots instead of closing them for as long.
 */
const TAKE = `
  update qbo_limits as l
     set (slot, slots, minute_tokens, batch_tokens, refilled_at, granted) = (
       select this_slot + greatest(-moved, 0), array[kept[1] + permits] || kept[2:${SLOTS}],
              minute - permits, batch - case when $8 then permits else 0 end, at, permits
         from (select clock_timestamp() as at) as clock
        cross join lateral (
          select floor(extract(epoch from at) * ${SLOTS_PER_SECOND})::bigint as this_slot,
                 greatest(extract(epoch from at - l.refilled_at), 0)::float8 as idle) as time
        cross join lateral (
          select case when this_slot - l.slot between -${SLOTS_PER_SECOND} and ${SLOTS - 1}
                      then (this_slot - l.slot)::int else ${SLOTS} end as moved) as shift
        cross join lateral (
          select array_fill(0, array[greatest(moved, 0)]) || l.slots[1:${SLOTS} - greatest(moved, 0)] as kept,
                 least($7, l.minute_tokens + idle * $6) as minute,
                 least(${BATCHES.atOnceMax}, l.batch_tokens + idle * ${BATCHES.perSecond}) as batch) as left_over
        cross join lateral (
          select case when l.blocked_until > at then 0 else greatest(0, least(
                   $2::int,
                   $3::int - (select sum(calls) from unnest(kept[1:${WINDOW_SLOTS}]) as calls),
                   greatest($4::int - kept[1], $5::int - (select sum(calls) from unnest(kept) as calls)),
                   floor(minute)::int,
                   case when $8 then floor(batch)::int end))::int end as permits) as decision)
   where realm_id = $1
  returning granted, greatest(extract(epoch from blocked_until - clock_timestamp()), 0)::float8 as "blockedSeconds",
            ((1 - mod(extract(epoch from clock_timestamp()) * ${SLOTS_PER_SECOND}, 1)) * ${SLOT_MS})::float8 as "nextSlotMs"`;

/** The limits that all replicas share, one row a company, on the database's clock. */
@Injectable()
export class LimitsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes permits in one statement of its own; a second and third only for a company that was never called before. */
  async take(
    realmId: string,
    wanted: number,
    { windowMax, slotMax, easyMax, minutePerSecond, minuteMax }: CallLimits,
    batch: boolean,
  ): Promise<PermitAnswer> {
    const values = [realmId, wanted, windowMax, slotMax, easyMax, minutePerSecond, minuteMax, batch];
    const answer = await this.changed(values);
    if (answer) return answer;
    await this.dataSource.query('insert into qbo_limits (realm_id) values ($1) on conflict do nothing', [
      realmId,
    ]);
    return (await this.changed(values))!;
  }

  /** Lets nobody call a company for so many seconds from this instant; a longer pause that is already there stays. */
  async block(realmId: string, seconds: number): Promise<void> {
    await this.dataSource.query(
      `insert into qbo_limits (realm_id, blocked_until) values ($1, clock_timestamp() + make_interval(secs => $2))
       on conflict on constraint qbo_limits_pkey do update
         set blocked_until = greatest(qbo_limits.blocked_until, excluded.blocked_until)`,
      [realmId, seconds],
    );
  }

  private async changed(values: unknown[]): Promise<PermitAnswer | undefined> {
    const [rows] = await this.dataSource.query<[PermitAnswer[], number]>(TAKE, values);
    return rows[0];
  }
}
