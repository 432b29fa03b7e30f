import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueJobsService } from '../../jobs/due-jobs.service.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { QboClient } from '../api/qbo.client.js';
import { ConnectionService } from '../connection/connection.service.js';

/**
 * Reads in which currency a connected company keeps its books where connecting it did not find out: one metered read,
 * ten minutes after the connection at the earliest.
 */
@Injectable()
export class CompanyCurrencyService implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly settings: OrgSettingsService,
    private readonly client: QboClient,
    private readonly jobs: JobsService,
    due: DueJobsService,
  ) {
    due.register({ table: 'org_settings', list: (tx, limit) => this.listUnknown(tx, limit) });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.company.currency', ({ orgId }) => this.read(orgId));
  }

  private async read(orgId: number): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    const { homeCurrency } = await this.client.preferences(company);
    await this.settings.keepCompanyCurrency(this.dataSource.manager, orgId, homeCurrency);
  }

  /** Companies that were connected before their currency was kept, a minute after the last change of their settings. */
  private async listUnknown(tx: EntityManager, limit: number) {
    const rows = await tx.query<{ orgId: number }[]>(
      `select s.org_id as "orgId" from org_settings s
         join qbo_tokens t on t.org_id = s.org_id and t.state = 'connected'
        where s.company_currency is null and t.connected_at < now() - interval '10 minutes'
        order by s.org_id limit $1`,
      [limit],
    );
    return rows.map((payload) => ({ name: 'qbo.company.currency' as const, payload }));
  }
}
