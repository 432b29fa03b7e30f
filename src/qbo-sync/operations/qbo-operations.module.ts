import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InboxModule } from '../../inbox/inbox.module.js';
import { OperationRunnerService } from './operation-runner.service.js';
import { OperationSchedulerService } from './operation-scheduler.service.js';
import { OperationTriesRepository } from './operation-tries.repository.js';
import { OutboundOperation } from './operation.entity.js';
import { OperationsRepository } from './operations.repository.js';

/** The outbox of writes to QuickBooks: stored first, sent by one worker at a time, looked for before sent again. */
@Module({
  imports: [InboxModule, TypeOrmModule.forFeature([OutboundOperation])],
  providers: [
    OperationsRepository,
    OperationTriesRepository,
    OperationRunnerService,
    OperationSchedulerService,
  ],
  exports: [OperationsRepository, OperationTriesRepository, OperationRunnerService],
})
export class QboOperationsModule {}
