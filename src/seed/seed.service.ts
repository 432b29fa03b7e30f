import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OrgsService } from '../orgs/orgs.service.js';
import { type NewPerson, UsersService } from '../auth/people/users.service.js';
import { Config } from '../platform/config/config.js';
import { DEMO_ADMIN, DEMO_CUSTOMERS, DEMO_LEADS, DEMO_ORG } from './demo-data.js';
import { DemoRepository } from './demo.repository.js';
import { inOrganisation } from '../platform/database/scope/scope.js';

/**
 * Fills an empty installation with an organisation to try things on. Never touches one where an organisation exists.
 */
@Injectable()
export class SeedService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly orgs: OrgsService,
    private readonly users: UsersService,
    private readonly demo: DemoRepository,
  ) {}

  /**
   * Writes the demo data, whole or not at all, and answers true; answers false where an organisation exists already.
   * Replicas that start together write it once. Throws where production has no password for it.
   */
  async seed(): Promise<boolean> {
    if (!(await this.orgs.isEmpty())) return false;
    const admin = this.admin();
    const passwordHash = await this.users.hashNewPassword(admin, DEMO_ORG.name, 'the seed');
    return this.dataSource.transaction(async (tx) => {
      if (!(await this.demo.lockEmpty(tx))) return false;
      const org = await this.orgs.create(tx, DEMO_ORG);
      const user = await this.users.insert(tx, org.id, admin, { passwordHash, passwordByAdmin: false });
      await inOrganisation(org.id, async () => {
        await this.demo.addCustomers(tx, org.id, DEMO_CUSTOMERS);
        await this.demo.addLeads(tx, { orgId: org.id, userId: user.id }, DEMO_LEADS);
      });
      return true;
    });
  }

  private admin(): NewPerson {
    const password = this.config.seed.adminPassword;
    if (!password) {
      throw new Error(
        `The demo data need a password for ${DEMO_ADMIN.email}: set SEED_ADMIN_PASSWORD and try again.`,
      );
    }
    return { ...DEMO_ADMIN, password, roles: ['admin'], demo: true };
  }
}
