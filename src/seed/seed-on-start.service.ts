import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { passwordProblem } from '../auth/passwords/password-rules.js';
import { DEMO_ADMIN, DEMO_ORG } from './demo-data.js';
import { SeedService } from './seed.service.js';

/** Writes the demo data when the process starts, where `CRM_ENABLE_SEED` asks for it. */
@Injectable()
export class SeedOnStartService implements OnApplicationBootstrap {
  private readonly logger = new Logger(SeedOnStartService.name);

  constructor(
    private readonly config: Config,
    private readonly seeds: SeedService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { enabled, adminPassword } = this.config.seed;
    if (!enabled) return;
    const problem = passwordProblem(adminPassword ?? '', { ...DEMO_ADMIN, company: DEMO_ORG.name });
    if (this.config.production && problem) {
      this.logger.warn(`SEED_ADMIN_PASSWORD is weak: ${problem}`);
    }
    if (!(await this.seeds.seed())) return;
    this.logger.log(`Wrote the demo data of ${DEMO_ORG.name}; sign in as ${DEMO_ADMIN.email}`);
  }
}
