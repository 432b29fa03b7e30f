import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type CompanyBooks, CompanyBooksRepository } from '../../../currencies/company-books.repository.js';
import type { CurrencyReader } from '../../../currencies/currency-reader.js';
import { rateProblem } from '../../../currencies/currency-rule.js';
import { ExchangeRatesRepository } from '../../../currencies/exchange-rates.repository.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboPreferences } from '../../api/model/qbo-company-objects.js';
import { QboClient } from '../../api/qbo.client.js';
import { ConnectionService } from '../../connection/connection.service.js';

/** What was read so recently is not read again for somebody who looks. */
const FRESH_MS = 60_000;

/**
 * Reads in which currencies a connected company keeps its books: before a foreign currency is refused, and for somebody
 * who looks. One metered read, two with several currencies, and one for a rate that is asked for.
 */
@Injectable()
export class CompanyBooksReaderService implements CurrencyReader, OnModuleInit {
  private readonly logger = new Logger(CompanyBooksReaderService.name);
  /** What is read at this moment, by company, for whoever looks meanwhile, too. */
  private readonly looks = new Map<string, Promise<CompanyBooks | null>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly settings: OrgSettingsService,
    private readonly books: CompanyBooksRepository,
    private readonly rates: ExchangeRatesRepository,
    private readonly client: QboClient,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.connections.onDisconnected(this, (tx, orgId) => this.books.delete(tx, orgId));
  }

  /** Reads the company's settings and keeps what they say. Throws QboError. */
  async read(company: QboCompany): Promise<CompanyBooks> {
    const preferences = await this.client.company.preferences(company);
    const active = preferences.multiCurrency ? await this.client.company.listActiveCurrencies(company) : [];
    return this.dataSource.transaction((tx) => this.keep(tx, company, preferences, active));
  }

  /** Keeps what was read of the company's settings and of its list of currencies. */
  async keep(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    preferences: Pick<QboPreferences, 'homeCurrency' | 'multiCurrency' | 'bookCloseDate'>,
    active: readonly string[],
  ): Promise<CompanyBooks> {
    const { homeCurrency, multiCurrency, bookCloseDate } = preferences;
    const books: CompanyBooks = {
      orgId,
      realmId,
      homeCurrency,
      multiCurrency,
      activeCurrencies: active.filter((code) => code !== homeCurrency),
      closedThrough: bookCloseDate,
      readAt: this.clock.now(),
    };
    await this.settings.keepCompanyCurrency(tx, orgId, homeCurrency);
    await this.books.save(tx, books);
    return books;
  }

  /** What was read last; null while no company is connected. Reads nothing from QuickBooks. */
  known(tx: EntityManager, orgId: number): Promise<CompanyBooks | null> {
    return this.books.find(tx, orgId);
  }

  /** What is known, read anew where that is older than a minute; null while no company is connected. */
  async current(orgId: number): Promise<CompanyBooks | null> {
    const company = await this.connections.company(orgId);
    if (!company) return this.known(this.dataSource.manager, orgId);
    const key = `${orgId}:${company.realmId}`;
    const look = this.looks.get(key) ?? this.look(company).finally(() => this.looks.delete(key));
    this.looks.set(key, look);
    return look;
  }

  private async look(company: QboCompany): Promise<CompanyBooks | null> {
    const { orgId } = company;
    const known = await this.known(this.dataSource.manager, orgId);
    if (known && this.clock.now().getTime() - known.readAt.getTime() < FRESH_MS) return known;
    return this.read(company).catch((error: unknown) => {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId }, 'QuickBooks did not say which currencies it keeps');
      return known;
    });
  }

  /** Reads the settings, and today's rate of the currency where it can be used and none is known. */
  async readFor(orgId: number, currency: string): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    const { homeCurrency, activeCurrencies } = await this.read(company);
    if (!activeCurrencies.includes(currency)) return;
    const tx = this.dataSource.manager;
    const today = dayInZone(this.clock.now(), (await this.settings.get(orgId)).timeZone);
    const pair = { orgId, realmId: company.realmId, source: currency, target: homeCurrency };
    const known = await this.rates.findNewest(tx, pair, today);
    if (rateProblem(known, { currency, homeCurrency, today }) === null) return;
    const rate = await this.client.company.exchangeRate(company, currency, today);
    if (rate) await this.rates.save(tx, pair, today, rate, this.clock.now());
  }
}
