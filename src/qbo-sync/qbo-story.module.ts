import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { TimelineRepository } from './timeline/timeline.repository.js';
import { TimelineService } from './timeline/timeline.service.js';

/** Tells people what the sync did and why: reads what the others wrote down, changes nothing, asks no vendor. */
@Module({
  imports: [AuthModule, ProposalsModule],
  controllers: [TimelineController],
  providers: [TimelineRepository, TimelineService],
})
export class QboStoryModule {}
