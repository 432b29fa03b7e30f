import { Injectable } from '@nestjs/common';
import { OrgSettingsService } from '../../auth/org-settings.service.js';
import { Clock } from '../../time/clock.js';
import { SweepsRepository } from '../invoices/sweeps.repository.js';
import { OperationsRepository } from '../operations/operations.repository.js';
import { ConnectionService } from './connection.service.js';

/** What begins with a connection: sweeps, the organisation's choice about payments, and everything that waited for it. */
@Injectable()
export class Newcomer {
  constructor(
    connections: ConnectionService,
    sweeps: SweepsRepository,
    settings: OrgSettingsService,
    operations: OperationsRepository,
    clock: Clock,
  ) {
    connections.onConnected(async (tx, company) => {
      await sweeps.introduce(tx, company, clock.now());
      await settings.keepPaymentDefault(tx, company.orgId);
      await operations.wakeWaiting(tx, company.orgId);
    });
  }
}
