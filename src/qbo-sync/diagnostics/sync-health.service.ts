import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistryService } from '../../health/health-registry.service.js';
import { Clock } from '../../platform/time/clock.js';
import { SyncHealthRepository } from './sync-health.repository.js';

/** Says on `/health` how the sync stands as a whole, from what is written down. Intuit is not asked. */
@Injectable()
export class SyncHealthService implements OnModuleInit {
  constructor(
    private readonly registry: HealthRegistryService,
    private readonly facts: SyncHealthRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.contribute(this, 'qbo', () => this.read());
  }

  private async read(): Promise<object> {
    const { newest, stalest, failing, waiting, underWay, uncertain, inbox } = await this.facts.read();
    return {
      last_sweep_age_seconds: this.ageSeconds(newest),
      stalest_sweep_age_seconds: this.ageSeconds(stalest),
      sweeps_failing: failing,
      operations: { waiting, under_way: underWay, uncertain },
      inbox_open: inbox,
    };
  }

  private ageSeconds(at: Date | null): number | null {
    return at && Math.max(Math.round((this.clock.now().getTime() - at.getTime()) / 1000), 0);
  }
}
