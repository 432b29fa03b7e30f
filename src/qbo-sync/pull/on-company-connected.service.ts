import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { Clock } from '../../platform/time/clock.js';
import { SyncCursorsRepository } from './change-feed/sync-cursors.repository.js';
import { OperationJobsService } from '../operations/operation-jobs.service.js';
import { ConnectionService } from '../connection/connection.service.js';

/**
 * What begins with a connection: polls, the organisation's choice about payments, and everything that waited for it.
 */
@Injectable()
export class OnCompanyConnectedService implements OnModuleInit {
  constructor(
    private readonly connections: ConnectionService,
    private readonly cursors: SyncCursorsRepository,
    private readonly settings: OrgSettingsService,
    private readonly operationJobs: OperationJobsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.connections.onConnected(this, async (tx, company) => {
      await this.cursors.introduce(tx, company, this.clock.now());
      await this.settings.keepPaymentDefault(tx, company.orgId);
      await this.operationJobs.enqueueUnfinished(tx, company.orgId);
    });
  }
}
