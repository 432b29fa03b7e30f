import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BATCHES, type CallLimits } from './call-limits.js';
import type { PermitAnswer } from './permit-queue.js';

/** The limits that all replicas share, one row a company, on the database's clock. */
@Injectable()
export class LimitsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes up to `wanted` permits, in one statement of its own. A batch uses one of either kind. */
  async take(realmId: string, wanted: number, limits: CallLimits, batch: boolean): Promise<PermitAnswer> {
    const { windowMax, paceMax, easyMax, minutePerSecond, minuteMax } = limits;
    const [answer] = await this.dataSource.query<[PermitAnswer]>(
      `select granted, blocked_seconds as "blockedSeconds", next_ms as "nextMs"
         from take_qbo_permits($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
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
      ],
    );
    return answer;
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
}
