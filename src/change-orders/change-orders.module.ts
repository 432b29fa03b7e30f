import { Module } from '@nestjs/common';
import { InboxModule } from '../inbox/inbox.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { ChangeOrderApprovalService } from './change-order-approval.service.js';
import { ChangeOrdersController } from './change-orders.controller.js';
import { DepositExcessService } from './deposit-excess.service.js';
import { ChangeOrdersService } from './change-orders.service.js';

/** Changes of what was approved: drafted, sent by the proposal's link, signed or approved, withdrawn. */
@Module({
  imports: [ContractsModule, InboxModule, ProposalsModule],
  controllers: [ChangeOrdersController],
  providers: [ChangeOrdersService, ChangeOrderApprovalService, DepositExcessService],
  exports: [ChangeOrderApprovalService, DepositExcessService],
})
export class ChangeOrdersModule {}
