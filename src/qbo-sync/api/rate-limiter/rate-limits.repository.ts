import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { BATCHES, type RateLimits } from './rate-limits.js';
import type { RateTokenGrant } from './token-queue.js';

/** The limits that all replicas share, one row a company, on the database's clock. */
@Injectable()
export class RateLimitsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes up to `wanted` tokens, in one statement of its own. A batch uses one of its bucket and one of the common
   * one.
   */
  async take(realmId: string, wanted: number, limits: RateLimits, batch: boolean): Promise<RateTokenGrant> {
    const { windowMax, sustainedMax, burstMax, minutePerSecond, minuteMax, inFlightMax, leaseSeconds } =
      limits;
    const [answer] = await this.dataSource.query<[RateTokenGrant]>(
      prepared(`select granted, blocked_seconds as "blockedSeconds", next_ms as "nextMs",
              concurrency_limited as "concurrencyLimited", lease
         from take_rate_tokens($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`),
      [
        realmId,
        wanted,
        windowMax,
        sustainedMax,
        burstMax,
        minutePerSecond,
        minuteMax,
        batch,
        BATCHES.perSecond,
        BATCHES.atOnceMax,
        inFlightMax,
        leaseSeconds,
      ],
    );
    return answer;
  }

  /** A call in flight under this lease is over. Leases of one grant are alike: one of them ends. */
  async release(realmId: string, lease: string): Promise<void> {
    await this.dataSource.query(
      prepared(`update qbo_limits
          set under_way = under_way[:array_position(under_way, $2::bigint) - 1]
                       || under_way[array_position(under_way, $2::bigint) + 1:]
        where realm_id = $1 and $2::bigint = any(under_way)`),
      [realmId, lease],
    );
  }

  /**
   * No replica calls the company for so many seconds from this instant, and from then on at half its throttle share, an
   * eighth at least. Each minute after that brings a sixteenth back. A longer back-off that is already there stays.
   */
  async backOff(realmId: string, seconds: number): Promise<void> {
    await this.dataSource.query('select pause_qbo_company($1, $2)', [realmId, seconds]);
  }
}
