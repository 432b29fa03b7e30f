import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { throughDoor } from '../../platform/database/scope/scope.js';
import { Clock } from '../../platform/time/clock.js';
import { type Purge, purgeStatement, RETENTION } from './retention.js';
import { TimerHandler } from '../handlers/timer-handler.decorator.js';
import { after, DAY_MS } from '../../platform/time/after.js';

/** Small, so that nobody waits for a purge: each batch is a transaction of its own. */
const ROWS_PER_BATCH = 500;

/** Deletes and empties what is kept for a time, once that time is over. */
@Injectable()
export class RetentionService {
  private readonly logger = new Logger(RetentionService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Purges every table, or one. Answers how many rows, by table. A table that fails does not keep the others from it.
   */
  @TimerHandler('purge')
  async purge(only?: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [table, rule] of Object.entries(RETENTION)) {
      if (rule.kept !== 'for a time' || (only !== undefined && only !== table)) continue;
      try {
        let count = 0;
        for (const purge of rule.purges) count += await this.purgeRows(table, rule.key, purge);
        if (count > 0) counts[table] = count;
      } catch (error) {
        this.logger.error({ err: error, table }, 'A table could not be purged');
      }
    }
    if (Object.keys(counts).length > 0) this.logger.log({ rows: counts }, 'Purged what was kept long enough');
    return counts;
  }

  private async purgeRows(table: string, key: readonly string[], purge: Purge): Promise<number> {
    const before = after(this.clock.now(), -purge.afterDays * DAY_MS);
    const statement = purgeStatement(table, key, purge);
    for (let total = 0; ;) {
      const [, count] = await throughDoor('retention', () =>
        this.dataSource.query<[unknown, number]>(statement, [before, ROWS_PER_BATCH]),
      );
      total += count;
      if (count < ROWS_PER_BATCH) return total;
    }
  }
}
