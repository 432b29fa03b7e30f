import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { QboApiModule } from '../qbo-sync/api/qbo-api.module.js';
import { QboConnectionModule } from '../qbo-sync/connection/qbo-connection.module.js';
import { CompanyCurrenciesModule } from '../qbo-sync/pull/currencies/company-currencies.module.js';
import { ReportsModule } from '../reports/reports.module.js';
import { OurIncomeRepository } from './compare/our-income.repository.js';
import { RevenueComparisonController } from './compare/revenue-comparison.controller.js';
import { RevenueComparisonService } from './compare/revenue-comparison.service.js';
import { ContractFactsRepository } from './events/contract-facts.repository.js';
import { ContractFingerprintsRepository } from './events/contract-fingerprints.repository.js';
import { NightlyPostingService } from './events/nightly-posting.service.js';
import { RevenueEventsRepository } from './events/revenue-events.repository.js';
import { RevenuePostingService } from './events/revenue-posting.service.js';
import { ClosePackService } from './periods/close-pack.service.js';
import { PackFiguresRepository } from './periods/pack-figures.repository.js';
import { PeriodClosingsRepository } from './periods/period-closings.repository.js';
import { PeriodsController } from './periods/periods.controller.js';
import { PeriodsService } from './periods/periods.service.js';
import { RevenueController } from './reports/revenue.controller.js';
import { RevenueReportService } from './reports/revenue-report.service.js';
import { RevenueSumsRepository } from './reports/revenue-sums.repository.js';

/** When revenue is earned: a journal of events that follow from the facts of contracts, and what is reported of it. */
@Module({
  imports: [
    AuthModule,
    OrgsModule,
    QboApiModule,
    QboConnectionModule,
    CompanyCurrenciesModule,
    ReportsModule,
  ],
  controllers: [RevenueController, RevenueComparisonController, PeriodsController],
  providers: [
    ContractFactsRepository,
    ContractFingerprintsRepository,
    RevenueEventsRepository,
    RevenuePostingService,
    NightlyPostingService,
    RevenueSumsRepository,
    RevenueReportService,
    OurIncomeRepository,
    RevenueComparisonService,
    PackFiguresRepository,
    PeriodClosingsRepository,
    ClosePackService,
    PeriodsService,
  ],
  exports: [RevenuePostingService],
})
export class RevenueModule {}
