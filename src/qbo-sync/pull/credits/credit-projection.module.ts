import { Module } from '@nestjs/common';
import { ContractsModule } from '../../../contracts/contracts.module.js';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { CreditMemoProjectorService } from './credit-memo-projector.service.js';
import { FreedCreditsService } from './freed-credits.service.js';

/** How credit memos of change orders stand in QuickBooks. */
@Module({
  imports: [ContractsModule, InboxModule, ProposalsModule, QboApiModule, QboOperationsModule],
  providers: [CreditMemoProjectorService, FreedCreditsService],
  exports: [CreditMemoProjectorService, FreedCreditsService],
})
export class CreditProjectionModule {}
