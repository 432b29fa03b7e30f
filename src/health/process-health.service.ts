import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { MetricsService } from '../platform/metrics/metrics.service.js';
import { QUEUE_NAMES } from '../jobs/queue/queue-rules.js';
import { HealthRegistryService } from './health-registry.service.js';
import { ProcessHealthRepository } from './process-health.repository.js';

/** Says how the ground stands: the connections of this process to its database, and the jobs that are due. */
@Injectable()
export class ProcessHealthService implements OnModuleInit {
  constructor(
    private readonly registry: HealthRegistryService,
    private readonly facts: ProcessHealthRepository,
    private readonly config: Config,
    private readonly metrics: MetricsService,
  ) {}

  onModuleInit(): void {
    this.metrics.showProcess(this.config.role);
    this.registry.contribute(this, 'pool', async () => this.pool());
    this.registry.contribute(this, 'queue', () => this.queue());
  }

  private pool(): object {
    return { max: this.config.database.poolMax, ...this.facts.connections() };
  }

  /** Jobs on all queues that could run now, and how long the oldest of them has been due. */
  private async queue(): Promise<object> {
    const { due, lagSeconds } = await this.facts.dueJobs(QUEUE_NAMES);
    return { due, lag_seconds: Math.max(Math.round(lagSeconds), 0) };
  }
}
