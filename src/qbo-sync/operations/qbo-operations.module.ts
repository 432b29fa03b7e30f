import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InboxModule } from '../../inbox/inbox.module.js';
import { OrgsModule } from '../../orgs/orgs.module.js';
import { ProposalsModule } from '../../proposals/proposals.module.js';
import { QboConnectionModule } from '../connection/qbo-connection.module.js';
import { AwaitedOperationsService } from './questions/awaited-operations.service.js';
import { BlockedOperationsService } from './questions/blocked-operations.service.js';
import { DueOperationsRepository } from './rows/due-operations.repository.js';
import { ForgottenDocumentsService } from './questions/forgotten-documents.service.js';
import { OperationAttemptsRepository } from './rows/operation-attempts.repository.js';
import { OperationClosingService } from './questions/operation-closing.service.js';
import { OperationInboxService } from './questions/operation-inbox.service.js';
import { OperationJobsService } from './operation-jobs.service.js';
import { OperationPushService } from './operation-push.service.js';
import { OperationRunnerService } from './operation-runner.service.js';
import { OperationTriesRepository } from './rows/operation-tries.repository.js';
import { OutboundOperation } from './rows/operation.entity.js';
import { OperationsElsewhereRepository } from './rows/operations-elsewhere.repository.js';
import { OperationsElsewhereService } from './questions/operations-elsewhere.service.js';
import { OperationsRepository } from './rows/operations.repository.js';

/** The outbox of writes to QuickBooks: stored first, sent by one worker at a time, looked for before sent again. */
@Module({
  imports: [
    InboxModule,
    OrgsModule,
    ProposalsModule,
    QboConnectionModule,
    TypeOrmModule.forFeature([OutboundOperation]),
  ],
  providers: [
    OperationsRepository,
    OperationTriesRepository,
    OperationRunnerService,
    OperationAttemptsRepository,
    OperationClosingService,
    OperationInboxService,
    AwaitedOperationsService,
    BlockedOperationsService,
    DueOperationsRepository,
    ForgottenDocumentsService,
    OperationJobsService,
    OperationPushService,
    OperationsElsewhereRepository,
    OperationsElsewhereService,
  ],
  exports: [
    OperationsRepository,
    OperationTriesRepository,
    OperationRunnerService,
    OperationAttemptsRepository,
    OperationInboxService,
    AwaitedOperationsService,
    BlockedOperationsService,
    ForgottenDocumentsService,
    OperationJobsService,
    OperationPushService,
    OperationsElsewhereService,
  ],
})
export class QboOperationsModule {}
