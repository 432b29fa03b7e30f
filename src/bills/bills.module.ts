import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { ReportsModule } from '../reports/reports.module.js';
import { RevenueModule } from '../revenue/revenue.module.js';
import { BillLinesRepository } from './bill-lines.repository.js';
import { BillsController } from './bills.controller.js';
import { BillBearersRepository } from './allocation/bill-bearers.repository.js';
import { BillHeadsRepository } from './bill-heads.repository.js';
import { BillsRepository } from './bills.repository.js';
import { BillsService } from './bills.service.js';
import { CostJobsRepository } from './allocation/cost-jobs.repository.js';
import { MarginController } from './margin/margin.controller.js';
import { MarginRepository } from './margin/margin.repository.js';
import { MarginService } from './margin/margin.service.js';

/** What jobs cost: vendors' bills from QuickBooks, which job bears them, and what is left. */
@Module({
  imports: [OrgsModule, ProposalsModule, ReportsModule, RevenueModule],
  controllers: [BillsController, MarginController],
  providers: [
    CostJobsRepository,
    BillBearersRepository,
    BillLinesRepository,
    BillHeadsRepository,
    BillsRepository,
    BillsService,
    MarginRepository,
    MarginService,
  ],
})
export class BillsModule {}
