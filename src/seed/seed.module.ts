import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { DemoRepository } from './demo.repository.js';
import { SeedOnStartService } from './seed-on-start.service.js';
import { SeedService } from './seed.service.js';

@Module({
  imports: [AuthModule, OrgsModule, ContractsModule, ProposalsModule],
  providers: [SeedService, SeedOnStartService, DemoRepository],
  exports: [SeedService],
})
export class SeedModule {}
