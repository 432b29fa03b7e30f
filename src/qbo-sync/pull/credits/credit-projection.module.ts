import { Module } from '@nestjs/common';
import { ContractsModule } from '../../../contracts/contracts.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { CreditMemoProjectorService } from './credit-memo-projector.service.js';

/** How credit memos of change orders stand in QuickBooks. */
@Module({
  imports: [ContractsModule, InboxModule, ProposalsModule, QboOperationsModule],
  providers: [CreditMemoProjectorService],
  exports: [CreditMemoProjectorService],
})
export class CreditProjectionModule {}
