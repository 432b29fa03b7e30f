import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { DemoRepository } from './demo.repository.js';
import { SeedOnStart } from './seed-on-start.service.js';
import { SeedService } from './seed.service.js';

@Module({
  imports: [AuthModule, ProposalsModule],
  providers: [SeedService, SeedOnStart, DemoRepository],
  exports: [SeedService],
})
export class SeedModule {}
