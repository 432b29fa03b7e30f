import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type CompanyBooks, CompanyBooksRepository } from '../../../currencies/company-books.repository.js';
import { currencyProblem, type CurrencyProblem, type DatedRate } from '../../../currencies/currency-rule.js';
import { ExchangeRatesRepository } from '../../../currencies/exchange-rates.repository.js';
import type { ExchangeRate } from '../../../platform/money/exchange-rate.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboEndpoint } from '../../api/model/endpoints.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboClient } from '../../api/qbo.client.js';
import { CompanyBooksReaderService } from './company-books-reader.service.js';

/**
 * The exchange rate that a document for QuickBooks is written with. Promise: a document in a foreign currency gets a
 * rate or is not made; QuickBooks would book it one to one without.
 */
@Injectable()
export class DocumentRatesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly books: CompanyBooksRepository,
    private readonly rates: ExchangeRatesRepository,
    private readonly reader: CompanyBooksReaderService,
    private readonly client: QboClient,
    private readonly clock: Clock,
  ) {}

  /**
   * The rate of a currency on the day of a document; null in the home currency. Kept after the first question about a
   * day. Throws QboError `currency_not_enabled`, `currency_not_active` or `no_exchange_rate`.
   */
  async rateOn(
    company: QboCompany,
    currency: string,
    day: CalendarDay,
    operation: QboEndpoint,
  ): Promise<ExchangeRate | null> {
    const books = await this.booksOf(company);
    if (currency === books.homeCurrency) return null;
    const known = await this.judge(company, books, currency, day);
    if (!known.problem) return known.rate!.rate;
    // What was read yesterday may have been mended since.
    const current = await this.reader.read(company);
    const { rate, problem } = await this.judge(company, current, currency, day);
    if (problem) throw new QboError(problem.code, problem.reason, { operation });
    return rate!.rate;
  }

  /** The currency that the company's books are kept in. */
  async homeCurrency(company: QboCompany): Promise<string> {
    return (await this.booksOf(company)).homeCurrency;
  }

  private async judge(
    company: QboCompany,
    books: CompanyBooks,
    currency: string,
    day: CalendarDay,
  ): Promise<{ rate: DatedRate | null; problem: CurrencyProblem | null }> {
    const isActive = books.multiCurrency && books.activeCurrencies.includes(currency);
    const rate = isActive ? await this.rate(company, books, currency, day) : null;
    const ownCurrency = books.homeCurrency;
    return { rate, problem: currencyProblem({ currency, ownCurrency, books, rate, today: day }) };
  }

  private async booksOf(company: QboCompany): Promise<CompanyBooks> {
    const books = await this.books.find(this.dataSource.manager, company.orgId);
    return books?.realmId === company.realmId ? books : this.reader.read(company);
  }

  /** What is kept for this very day, else what QuickBooks says of it; a rate of 1 is asked for again. */
  private async rate(
    { orgId, realmId, env }: QboCompany,
    { homeCurrency }: CompanyBooks,
    currency: string,
    day: CalendarDay,
  ): Promise<DatedRate | null> {
    const tx = this.dataSource.manager;
    const pair = { orgId, realmId, source: currency, target: homeCurrency };
    const kept = await this.rates.findOn(tx, pair, day);
    if (kept && kept.rate !== '1') return kept;
    const rate = await this.client.company.exchangeRate({ orgId, realmId, env }, currency, day);
    if (rate) await this.rates.save(tx, pair, day, rate, this.clock.now());
    return rate;
  }
}
