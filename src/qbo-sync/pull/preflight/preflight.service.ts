import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { depositItemNameOf } from '../../../contracts/billing/deposit-item-name.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { CompanyBooksReaderService } from '../currencies/company-books-reader.service.js';
import { CompanyReadingService } from './company-reading.service.js';
import { preflightChecks } from './preflight-checks.js';
import { type Preflight, PreflightsRepository } from './preflights.repository.js';

/**
 * Looks whether the connected company is ready to be written to: after it is connected, once a day, when its settings
 * change, and when somebody asks.
 */
@Injectable()
export class PreflightService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly settings: OrgSettingsService,
    private readonly reading: CompanyReadingService,
    private readonly books: CompanyBooksReaderService,
    private readonly preflights: PreflightsRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.connections.onDisconnected(this, (tx, orgId) => this.preflights.delete(tx, orgId));
  }

  @DueRows('preflights')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.preflights.listDue(tx, limit);
    return due.map((payload) => ({ name: 'qbo.preflight', payload }));
  }

  @JobHandler('qbo.preflight')
  async runWhereConnected({ orgId }: QueuePayloads['qbo.preflight']): Promise<void> {
    if (await this.connections.company(orgId)) await this.run(orgId);
  }

  /** What was found the last time; null where nothing was looked at since the company was connected. */
  async last(orgId: number): Promise<Preflight | null> {
    return this.preflights.find(orgId);
  }

  /** Looks now. Throws QboError where no company is connected or QuickBooks does not answer. */
  async run(orgId: number): Promise<Preflight> {
    const company = await this.connections.requireCompany(orgId);
    const settings = await this.settings.get(orgId);
    const depositItemName = depositItemNameOf(settings);
    const { reading, reads } = await this.reading.read(company, depositItemName);
    const now = this.clock.now();
    const checks = preflightChecks({
      reading,
      settings: { ...settings, depositItemName },
      today: dayInZone(now, settings.timeZone),
    });
    const preflight = { checkedAt: now, reads, checks, terms: reading.terms ?? [] };
    await this.dataSource.transaction(async (tx) => {
      if (reading.preferences)
        await this.books.keep(tx, company, reading.preferences, reading.activeCurrencies);
      await this.preflights.save(tx, company, preflight);
    });
    return preflight;
  }
}
