import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type CompanyBooks, CompanyBooksRepository } from '../../../currencies/company-books.repository.js';
import { CurrenciesService } from '../../../currencies/currencies.service.js';
import { rateProblem } from '../../../currencies/currency-rule.js';
import { ExchangeRatesRepository } from '../../../currencies/exchange-rates.repository.js';
import { DueJobsService } from '../../../jobs/due-jobs.service.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { OrgSettingsService } from '../../../orgs/org-settings.service.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import { ConnectionService } from '../../connection/connection.service.js';

/** What was read so recently is not read again for somebody who looks. */
const FRESH_MS = 60_000;

/**
 * Reads in which currencies a connected company keeps its books: when it is connected, once a day, and before a foreign
 * currency is refused. One metered read, two with several currencies, and one for a rate that is asked for.
 */
@Injectable()
export class CompanyBooksReaderService implements OnApplicationBootstrap {
  private readonly logger = new Logger(CompanyBooksReaderService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly settings: OrgSettingsService,
    private readonly books: CompanyBooksRepository,
    private readonly rates: ExchangeRatesRepository,
    private readonly client: QboClient,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
    currencies: CurrenciesService,
    due: DueJobsService,
  ) {
    due.register({ table: 'company_books', list: (tx, limit) => this.listDue(tx, limit) });
    currencies.readBy((orgId, currency) => this.readFor(orgId, currency));
    connections.onDisconnected((tx, orgId) => this.books.delete(tx, orgId));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.company.currency', async ({ orgId }) => {
      const company = await this.connections.company(orgId);
      if (company) await this.read(company);
    });
  }

  /** Reads the company's settings and keeps what they say. Throws QboError. */
  async read(company: QboCompany): Promise<CompanyBooks> {
    const { orgId, realmId } = company;
    const { homeCurrency, multiCurrency } = await this.client.preferences(company);
    const active = multiCurrency ? await this.client.listActiveCurrencies(company) : [];
    const books: CompanyBooks = {
      orgId,
      realmId,
      homeCurrency,
      multiCurrency,
      activeCurrencies: active.filter((code) => code !== homeCurrency),
      readAt: this.clock.now(),
    };
    await this.dataSource.transaction(async (tx) => {
      await this.settings.keepCompanyCurrency(tx, orgId, homeCurrency);
      await this.books.save(tx, books);
    });
    return books;
  }

  /** What is known, read anew where that is older than a minute; null while no company is connected. */
  async current(orgId: number): Promise<CompanyBooks | null> {
    const known = await this.books.find(this.dataSource.manager, orgId);
    if (known && this.clock.now().getTime() - known.readAt.getTime() < FRESH_MS) return known;
    const company = await this.connections.company(orgId);
    if (!company) return known;
    return this.read(company).catch((error: unknown) => {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId }, 'QuickBooks did not say which currencies it keeps');
      return known;
    });
  }

  /** Reads the settings, and today's rate of the currency where it can be used and none is known. */
  private async readFor(orgId: number, currency: string): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    const { homeCurrency, activeCurrencies } = await this.read(company);
    if (!activeCurrencies.includes(currency)) return;
    const tx = this.dataSource.manager;
    const today = dayInZone(this.clock.now(), (await this.settings.get(orgId)).timeZone);
    const pair = { orgId, realmId: company.realmId, source: currency, target: homeCurrency };
    const known = await this.rates.findNewest(tx, pair, today);
    if (rateProblem(known, { currency, homeCurrency, today }) === null) return;
    const rate = await this.client.exchangeRate(company, currency, today);
    if (rate) await this.rates.save(tx, pair, today, rate, this.clock.now());
  }

  /** Connected companies that were not read for a day, or, ten minutes after the connection, never. */
  private async listDue(tx: EntityManager, limit: number) {
    const rows = await tx.query<{ orgId: number }[]>(
      `select t.org_id as "orgId" from qbo_tokens t left join company_books b on b.org_id = t.org_id
        where t.state = 'connected'
          and coalesce(b.read_at < now() - interval '1 day', t.connected_at < now() - interval '10 minutes')
        order by t.org_id limit $1`,
      [limit],
    );
    return rows.map((payload) => ({ name: 'qbo.company.currency' as const, payload }));
  }
}
