import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HealthRegistryService } from '../../health/health-registry.service.js';
import { Clock } from '../../platform/time/clock.js';
import { throughDoor } from '../../platform/database/scope.js';

interface Row {
  newest: Date | null;
  stalest: Date | null;
  failing: number;
  waiting: number;
  underWay: number;
  uncertain: number;
  inbox: number;
}

/** Says on `/health` how the sync stands as a whole, from what is written down. Intuit is not asked. */
@Injectable()
export class SyncHealthService implements OnModuleInit {
  constructor(
    private readonly registry: HealthRegistryService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.contribute('qbo', () => this.read());
  }

  private async read(): Promise<object> {
    const [row] = await throughDoor('overview', () =>
      this.dataSource.query<Row[]>(
        `select sweeps.*, operations.*, (select count(*)::int from inbox_items where state = 'open') as inbox
         from (
           select max(s.last_succeeded_at) as newest, min(s.last_succeeded_at) as stalest,
                  count(*) filter (where s.last_error is not null)::int as failing
             from qbo_sweeps s
             join qbo_tokens t on t.org_id = s.org_id and t.realm_id = s.realm_id and t.state = 'connected') sweeps,
           (select count(*) filter (where state = 'waiting')::int as waiting,
                   count(*) filter (where state in ('ready', 'sent'))::int as "underWay",
                   count(*) filter (where state = 'uncertain')::int as uncertain
              from sync_operations where state in ('waiting', 'ready', 'sent', 'uncertain')) operations`,
      ),
    );
    const { newest, stalest, failing, waiting, underWay, uncertain, inbox } = row!;
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
