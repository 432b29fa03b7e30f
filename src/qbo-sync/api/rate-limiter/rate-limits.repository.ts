import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BATCHES, type RateLimits } from './rate-limits.js';
import type { RateTokenGrant } from './token-queue.js';

/** The limits that all replicas share, one row a company, on the database's clock. */
@Injectable()
export class RateLimitsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes up to `wanted` permits, in one statement of its own. A batch uses one of either kind. */
  async take(realmId: string, wanted: number, limits: RateLimits, batch: boolean): Promise<RateTokenGrant> {
    const { windowMax, paceMax, easyMax, minutePerSecond, minuteMax, underWayMax, callSeconds } = limits;
    const [answer] = await this.dataSource.query<[RateTokenGrant]>(
      `select granted, blocked_seconds as "blockedSeconds", next_ms as "nextMs", crowded, lease
         from take_qbo_permits($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        realmId,
        wanted,
        windowMax,
        paceMax,
        easyMax,
        minutePerSecond,
        minuteMax,
        batch,
        BATCHES.perSecond,
        BATCHES.atOnceMax,
        underWayMax,
        callSeconds,
      ],
    );
    return answer;
  }

  /** A call granted under this lease is over. Leases of one question are alike: one of them ends. */
  async giveBack(realmId: string, lease: string): Promise<void> {
    await this.dataSource.query(
      `update qbo_limits
          set under_way = under_way[:array_position(under_way, $2::bigint) - 1]
                       || under_way[array_position(under_way, $2::bigint) + 1:]
        where realm_id = $1 and $2::bigint = any(under_way)`,
      [realmId, lease],
    );
  }

  /**
   * Lets nobody call a company for so many seconds from this instant, and from then on at half its pace, an eighth at
   * least. Each minute after that brings a sixteenth back. A longer pause that is already there stays.
   */
  async pause(realmId: string, seconds: number): Promise<void> {
    await this.dataSource.query('select pause_qbo_company($1, $2)', [realmId, seconds]);
  }
}
