import { Module } from '@nestjs/common';
import { CustomersModule } from '../../../customers/customers.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { CustomerBackfillService } from './customer-backfill.service.js';
import { CustomerBatchCallsRepository } from './customer-batch-calls.repository.js';
import { CustomerBatchStreamsService } from './customer-batch-streams.service.js';
import { CustomerBatchSyncService } from './customer-batch-sync.service.js';
import { CustomerBatchWorkerService } from './customer-batch-worker.service.js';
import { CustomerBatchesController } from './customer-batches.controller.js';
import { CustomerBatchesRepository } from './customer-batches.repository.js';
import { CustomerBatchesService } from './customer-batches.service.js';
import { CustomerCreationService } from './customer-creation.service.js';
import { CustomerLinksRepository } from './customer-links.repository.js';
import { CustomerSyncController } from './customer-sync.controller.js';
import { CustomerSyncService } from './customer-sync.service.js';
import { PendingCustomerCreatesRepository } from './pending-customer-creates.repository.js';

/** Customers into QuickBooks: one at a time, in batches, and all of an organisation. */
@Module({
  imports: [CustomersModule, InboxModule, QboApiModule, QboConnectionModule, QboOperationsModule],
  controllers: [CustomerSyncController, CustomerBatchesController],
  providers: [
    CustomerLinksRepository,
    CustomerCreationService,
    CustomerSyncService,
    CustomerBatchesRepository,
    CustomerBatchCallsRepository,
    PendingCustomerCreatesRepository,
    CustomerBatchSyncService,
    CustomerBatchesService,
    CustomerBatchWorkerService,
    CustomerBatchStreamsService,
    CustomerBackfillService,
  ],
  exports: [CustomerLinksRepository, CustomerSyncService],
})
export class CustomerPushModule {}
