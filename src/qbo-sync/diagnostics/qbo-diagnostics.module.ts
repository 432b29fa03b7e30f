import { Module } from '@nestjs/common';
import { ContractsModule } from '../../contracts/contracts.module.js';
import { OrgsModule } from '../../orgs/orgs.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { ProposalsModule } from '../../proposals/proposals.module.js';
import { QboConnectionModule } from '../connection/qbo-connection.module.js';
import { PreflightModule } from '../pull/preflight/preflight.module.js';
import { QboPullModule } from '../pull/qbo-pull.module.js';
import { BooksFiguresRepository } from './books-figures.repository.js';
import { DatabaseMetricsRepository } from './database-metrics.repository.js';
import { DatabaseMetricsService } from './database-metrics.service.js';
import { ExplainController } from './explain/explain.controller.js';
import { ExplainRepository } from './explain/explain.repository.js';
import { ExplainService } from './explain/explain.service.js';
import { WhyPageController } from './explain/why-page.controller.js';
import { MarginFiguresRepository } from './margin-figures.repository.js';
import { PeriodFiguresRepository } from './period-figures.repository.js';
import { StatusController } from './status/status.controller.js';
import { StatusPageController } from './status/status-page.controller.js';
import { SyncHealthService } from './sync-health.service.js';
import { SyncHealthRepository } from './sync-health.repository.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { TimelineRepository } from './timeline/timeline.repository.js';
import { TimelineService } from './timeline/timeline.service.js';

/** How the sync stands, what it did and why: reads what the other rooms stored, changes nothing, calls no vendor. */
@Module({
  imports: [
    ContractsModule,
    OrgsModule,
    PaymentsModule,
    ProposalsModule,
    QboConnectionModule,
    PreflightModule,
    QboPullModule,
  ],
  controllers: [
    StatusController,
    StatusPageController,
    TimelineController,
    ExplainController,
    WhyPageController,
  ],
  providers: [
    BooksFiguresRepository,
    DatabaseMetricsRepository,
    DatabaseMetricsService,
    MarginFiguresRepository,
    PeriodFiguresRepository,
    SyncHealthRepository,
    SyncHealthService,
    TimelineRepository,
    TimelineService,
    ExplainRepository,
    ExplainService,
  ],
})
export class QboDiagnosticsModule {}
