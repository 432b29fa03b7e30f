import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { OrgsModule } from '../../orgs/orgs.module.js';
import { ProposalsModule } from '../../proposals/proposals.module.js';
import { SyncHealthService } from './sync-health.service.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { TimelineRepository } from './timeline/timeline.repository.js';
import { TimelineService } from './timeline/timeline.service.js';
import { ExplainController } from './explain/explain.controller.js';
import { ExplainRepository } from './explain/explain.repository.js';
import { ExplainService } from './explain/explain.service.js';

/** Tells people what the sync did and why: reads what the others wrote down, changes nothing, asks no vendor. */
@Module({
  imports: [AuthModule, OrgsModule, ProposalsModule],
  controllers: [TimelineController, ExplainController],
  providers: [TimelineRepository, TimelineService, ExplainRepository, ExplainService, SyncHealthService],
})
export class QboDiagnosticsModule {}
