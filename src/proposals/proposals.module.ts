import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CurrenciesModule } from '../currencies/currencies.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { Activity } from './activity/activity.entity.js';
import { ActivityRepository } from './activity/activity.repository.js';
import { ActivityService } from './activity/activity.service.js';
import { ApprovalService } from './approval/approval.service.js';
import { CancellationService } from './approval/cancellation.service.js';
import { ContractOpeningService } from './approval/contract-opening.service.js';
import { Lead } from './rows/lead.entity.js';
import { LeadListRepository } from './leads/lead-list.repository.js';
import { LeadRequestsRepository } from './leads/lead-requests.repository.js';
import { LeadsController } from './leads/leads.controller.js';
import { LeadsService } from './leads/leads.service.js';
import { PortalApprovalController } from './approval/portal-approval.controller.js';
import { ProposalCustomersRepository } from './rows/proposal-customers.repository.js';
import { ProposalLine } from './rows/proposal-line.entity.js';
import { ProposalListRepository } from './proposal-list.repository.js';
import { ProposalLinesRepository } from './rows/proposal-lines.repository.js';
import { ProposalsController } from './proposals.controller.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { ProposalsRepository } from './rows/proposals.repository.js';
import { ProposalsService } from './proposals.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Lead, ProposalLine, Activity]),
    OrgsModule,
    CurrenciesModule,
    CustomersModule,
    ContractsModule,
    InvoicesModule,
  ],
  controllers: [LeadsController, ProposalsController, PortalApprovalController],
  providers: [
    LeadsService,
    ProposalsService,
    ContractOpeningService,
    ApprovalService,
    CancellationService,
    ActivityService,
    ProposalsRepository,
    LeadListRepository,
    LeadRequestsRepository,
    ProposalListRepository,
    ProposalLinesRepository,
    ProposalCustomersRepository,
    ActivityRepository,
  ],
  exports: [
    LeadsService,
    ProposalsService,
    ApprovalService,
    ContractOpeningService,
    ProposalsRepository,
    ProposalLinesRepository,
    ProposalCustomersRepository,
    ActivityRepository,
  ],
})
export class ProposalsModule {}
