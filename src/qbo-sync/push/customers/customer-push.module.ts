import { Module } from '@nestjs/common';
import { AuthModule } from '../../../auth/auth.module.js';
import { CustomersModule } from '../../../customers/customers.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { CustomerMirrorModule } from '../../pull/customers/customer-mirror.module.js';
import { CustomerBackfillService } from './backfill/customer-backfill.service.js';
import { CustomerBatchCallsRepository } from './batch/customer-batch-calls.repository.js';
import { CustomerBatchStreamsService } from './batch/customer-batch-streams.service.js';
import { CustomerBatchSyncService } from './batch/customer-batch-sync.service.js';
import { CustomerBatchWorkerService } from './batch/customer-batch-worker.service.js';
import { CustomerBatchesController } from './batch/customer-batches.controller.js';
import { CustomerBatchesRepository } from './batch/customer-batches.repository.js';
import { CustomerBatchesService } from './batch/customer-batches.service.js';
import { CurrencyCustomerChangesService } from './currencies/currency-customer-changes.service.js';
import { CurrencyCustomersService } from './currencies/currency-customers.service.js';
import { CustomerCurrencyLinksRepository } from './currencies/customer-currency-links.repository.js';
import { CustomerLinkingService } from './customer-linking.service.js';
import { CustomerLinksRepository } from './customer-links.repository.js';
import { CustomerOperationHandlersService } from './customer-operation-handlers.service.js';
import { CustomerOperationsRepository } from './plan/customer-operations.repository.js';
import { CustomerPlannerService } from './plan/customer-planner.service.js';
import { CustomerSurveyService } from './plan/customer-survey.service.js';
import { CustomerSyncController } from './customer-sync.controller.js';
import { CustomerSyncService } from './customer-sync.service.js';
import { DuplicateCustomerNameService } from './duplicate-customer-name.service.js';
import { StaleCustomerService } from './stale-customer.service.js';
import { CustomerMatchController } from './match/customer-match.controller.js';
import { CustomerMatchStateService } from './match/customer-match-state.service.js';
import { CustomerMatchService } from './match/customer-match.service.js';
import { CustomerMatcherService } from './match/customer-matcher.service.js';
import { CustomerMatchesRepository } from './match/customer-matches.repository.js';
import { MatchDecisionsService } from './match/match-decisions.service.js';
import { MatchQuestionsService } from './match/match-questions.service.js';
import { MovableCustomersService } from './match/movable-customers.service.js';

/** Customers into QuickBooks: one at a time, in batches, and all of an organisation. */
@Module({
  imports: [
    AuthModule,
    CustomersModule,
    InboxModule,
    OrgsModule,
    CustomerMirrorModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
  ],
  controllers: [CustomerSyncController, CustomerBatchesController, CustomerMatchController],
  providers: [
    CustomerLinksRepository,
    CustomerCurrencyLinksRepository,
    CurrencyCustomerChangesService,
    CurrencyCustomersService,
    CustomerOperationHandlersService,
    CustomerMatchesRepository,
    CustomerMatcherService,
    MatchQuestionsService,
    CustomerLinkingService,
    CustomerPlannerService,
    CustomerSyncService,
    DuplicateCustomerNameService,
    StaleCustomerService,
    CustomerMatchStateService,
    MovableCustomersService,
    MatchDecisionsService,
    CustomerMatchService,
    CustomerBatchesRepository,
    CustomerBatchCallsRepository,
    CustomerOperationsRepository,
    CustomerSurveyService,
    CustomerBatchSyncService,
    CustomerBatchesService,
    CustomerBatchWorkerService,
    CustomerBatchStreamsService,
    CustomerBackfillService,
  ],
  exports: [
    CustomerLinksRepository,
    CurrencyCustomerChangesService,
    CurrencyCustomersService,
    CustomerSyncService,
    CustomerMatchService,
  ],
})
export class CustomerPushModule {}
