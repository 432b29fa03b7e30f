import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../orgs/org-settings.service.js';
import { Clock } from '../../platform/time/clock.js';
import { SyncCursorsRepository } from './change-feed/sync-cursors.repository.js';
import { OperationJobsService } from '../operations/operation-jobs.service.js';
import { ConnectionService } from '../connection/connection.service.js';

/**
 * What begins with a connection: sweeps, the organisation's choice about payments, and everything that waited for it.
 */
@Injectable()
export class OnCompanyConnectedService {
  constructor(
    connections: ConnectionService,
    cursors: SyncCursorsRepository,
    settings: OrgSettingsService,
    operationJobs: OperationJobsService,
    clock: Clock,
  ) {
    connections.onConnected(async (tx, company) => {
      await cursors.introduce(tx, company, clock.now());
      await settings.keepPaymentDefault(tx, company.orgId);
      await operationJobs.enqueueUnfinished(tx, company.orgId);
    });
  }
}
