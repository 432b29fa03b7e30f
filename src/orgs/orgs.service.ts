import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { notFound } from '../platform/errors/domain-error.js';
import { MetricsService } from '../platform/metrics/metrics.service.js';
import { Clock } from '../platform/time/clock.js';
import type { Org } from './org.entity.js';
import { DEFAULT_CURRENCY } from './settings/org-settings.entity.js';
import { OrgSettingsRepository } from './settings/org-settings.repository.js';
import { OrgsRepository } from './orgs.repository.js';
import type { User } from '../auth/people/user.js';
import { type NewPerson, UsersService } from '../auth/people/users.service.js';
import { inOrganisation } from '../platform/database/scope/scope.js';

export interface NewOrg {
  name: string;
  /** Only where the id must be a certain one, as the demo data's is. */
  id?: number;
}

/** Owns the beginning of an organisation. There is no verb that ends one. */
@Injectable()
export class OrgsService implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly orgs: OrgsRepository,
    private readonly settings: OrgSettingsRepository,
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly metrics: MetricsService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { id, currency } of await this.orgs.listCurrencies(this.dataSource.manager)) {
      this.metrics.introduceOrg(id);
      this.metrics.introduceCurrency(id, currency);
    }
  }

  async get(id: number, tx: EntityManager = this.dataSource.manager): Promise<Org> {
    return this.orgs.get(tx, id);
  }

  /** For who names one by hand. Throws where there is none. */
  async getNamed(id: number): Promise<Org> {
    const org = await this.orgs.find(this.dataSource.manager, id);
    if (!org) throw notFound('organisation', id);
    return org;
  }

  /** True where nobody has been added yet. */
  async isEmpty(): Promise<boolean> {
    return (await this.orgs.listIds(this.dataSource.manager)).length === 0;
  }

  /** Adds an organisation together with the admin who will add the others. */
  async found(org: NewOrg, admin: Omit<NewPerson, 'roles'>): Promise<{ org: Org; admin: User }> {
    const passwordHash = await this.users.hashNewPassword(admin, org.name, 'the operator');
    return this.dataSource.transaction(async (tx) => {
      const created = await this.create(tx, org);
      const password = { passwordHash, passwordByAdmin: false };
      const user = await this.users.insert(tx, created.id, { ...admin, roles: ['admin'] }, password);
      await this.audit.record(tx, created.id, {
        action: 'organisation.created',
        subject: `org:${created.id}`,
        after: { name: created.name, admin: user.email },
      });
      return { org: created, admin: user };
    });
  }

  /** Adds an organisation with settings that follow the installation, as part of the caller's transaction. */
  async create(tx: EntityManager, { name, id }: NewOrg): Promise<Org> {
    const at = this.clock.now();
    const org =
      id === undefined
        ? await this.orgs.insert(tx, name, at)
        : await this.orgs.insertWithId(tx, id, name, at);
    await inOrganisation(org.id, () => this.settings.insert(tx, org.id, at));
    this.metrics.introduceOrg(org.id);
    this.metrics.introduceCurrency(org.id, DEFAULT_CURRENCY);
    return org;
  }
}
