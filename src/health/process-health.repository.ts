import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

/** What PostgreSQL and its driver know of this process and of the queues. */
@Injectable()
export class ProcessHealthRepository {
  constructor(private readonly dataSource: DataSource) {}

  connections(): { open: number; idle: number; waiting: number } {
    // TypeORM has no name for the pool of its driver.
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    return { open: master.totalCount, idle: master.idleCount, waiting: master.waitingCount };
  }

  /** The jobs on these queues that could run now, and for how many seconds the oldest of them has been due. */
  async dueJobs(queues: readonly string[]): Promise<{ due: number; lagSeconds: number }> {
    const [row] = await this.dataSource.query<[{ due: number; lagSeconds: number }]>(
      `select count(*)::int as due,
              coalesce(extract(epoch from clock_timestamp() - min(start_after)), 0)::float8 as "lagSeconds"
         from pgboss.job where state < 'active' and start_after <= clock_timestamp() and name = any($1)`,
      [queues],
    );
    return row;
  }
}
