import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type OrgSettings, OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { VendorError } from '../platform/errors/vendor-error.js';
import { Clock } from '../platform/time/clock.js';
import { dayInZone } from '../platform/time/calendar-day.js';
import { CompanyBooksRepository } from './company-books.repository.js';
import { CurrencyReader } from './currency-reader.js';
import { currencyProblem, type CurrencyProblem } from './currency-rule.js';
import { ExchangeRatesRepository } from './exchange-rates.repository.js';

/** What was read so recently is not read again. */
const FRESH_MS = 60_000;

/** What of the settings of an organisation says in which currency it works, and which day it is. */
type Place = Pick<OrgSettings, 'currency' | 'timeZone'>;

/** Says whether an organisation can invoice in a currency. Asked before anything is approved, charged or sent. */
@Injectable()
export class CurrenciesService {
  private readonly logger = new Logger(CurrenciesService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly books: CompanyBooksRepository,
    private readonly rates: ExchangeRatesRepository,
    private readonly reader: CurrencyReader,
    private readonly clock: Clock,
  ) {}

  /** Why nothing can be invoiced in this currency, by what is known; null where it can. */
  async problem(
    tx: EntityManager,
    orgId: number,
    currency: string,
    { currency: ownCurrency, timeZone }: Place,
  ): Promise<CurrencyProblem | null> {
    const books = await this.books.find(tx, orgId);
    const today = dayInZone(this.clock.now(), timeZone);
    const pair = books && { orgId, realmId: books.realmId, source: currency, target: books.homeCurrency };
    const rate = pair && (await this.rates.findNewest(tx, pair, today));
    return currencyProblem({ currency, ownCurrency, books, rate, today });
  }

  /** The connected QuickBooks company, as its realm id; null while none is connected, or it was never read. */
  async companyOf(tx: EntityManager, orgId: number): Promise<string | null> {
    return (await this.books.find(tx, orgId))?.realmId ?? null;
  }

  /** Throws a conflict where nothing can be invoiced in the proposal's currency. */
  async assertUsable(
    tx: EntityManager,
    { orgId, id, currency }: { orgId: number; id: number; currency: string },
    settings: Place,
  ): Promise<void> {
    const problem = await this.problem(tx, orgId, currency, settings);
    if (!problem) return;
    throw new DomainError('conflict', problem.code, `Proposal ${id} is in ${currency}. ${problem.reason}`);
  }

  /**
   * Reads anew what a foreign currency is judged by, unless that was a moment ago and speaks for it. The home currency
   * costs no read. Outside a transaction. Where QuickBooks does not answer, what was last read holds as far as it
   * speaks for the currency; what spoke against it may be mended since, and is no reason to give: throws VendorError.
   */
  async refresh(orgId: number, currency: string): Promise<void> {
    const tx = this.dataSource.manager;
    const settings = await this.settings.get(orgId, tx);
    if (currency === settings.currency) return;
    const books = await this.books.find(tx, orgId);
    const isFresh = books !== null && this.clock.now().getTime() - books.readAt.getTime() < FRESH_MS;
    if (isFresh && (await this.problem(tx, orgId, currency, settings)) === null) return;
    try {
      await this.reader.readFor(orgId, currency);
    } catch (error) {
      if (!(error instanceof VendorError) || (await this.problem(tx, orgId, currency, settings))) throw error;
      this.logger.warn(
        { err: error, orgId, currency },
        'QuickBooks did not say whether a currency can be used',
      );
    }
  }
}
