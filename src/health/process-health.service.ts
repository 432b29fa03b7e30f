import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { QUEUE_NAMES } from '../jobs/queue-rules.js';
import { HealthRegistryService } from './health-registry.service.js';

/** Says how the ground stands: the connections of this process to its database, and the jobs that are due. */
@Injectable()
export class ProcessHealthService implements OnModuleInit {
  constructor(
    private readonly registry: HealthRegistryService,
    private readonly dataSource: DataSource,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.registry.contribute('pool', async () => this.pool());
    this.registry.contribute('queue', () => this.queue());
  }

  private pool(): object {
    const { totalCount, idleCount, waitingCount } = (this.dataSource.driver as unknown as { master: Pool })
      .master;
    return { max: this.config.database.poolMax, open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Jobs on all queues that could run now, and how long the oldest of them has been due. */
  private async queue(): Promise<object> {
    const [row] = await this.dataSource.query<{ due: number; lag: number }[]>(
      `select count(*)::int as due,
              coalesce(extract(epoch from clock_timestamp() - min(start_after)), 0)::float8 as lag
         from pgboss.job where state < 'active' and start_after <= clock_timestamp() and name = any($1)`,
      [QUEUE_NAMES],
    );
    return { due: row!.due, lag_seconds: Math.max(Math.round(row!.lag), 0) };
  }
}
