import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { SyncHealth } from './sync-health.service.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { TimelineRepository } from './timeline/timeline.repository.js';
import { TimelineService } from './timeline/timeline.service.js';
import { WhyController } from './why/why.controller.js';
import { WhyRepository } from './why/why.repository.js';
import { WhyService } from './why/why.service.js';

/** Tells people what the sync did and why: reads what the others wrote down, changes nothing, asks no vendor. */
@Module({
  imports: [AuthModule, ProposalsModule],
  controllers: [TimelineController, WhyController],
  providers: [TimelineRepository, TimelineService, WhyRepository, WhyService, SyncHealth],
})
export class QboStoryModule {}
