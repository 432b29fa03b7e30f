import { Module } from '@nestjs/common';
import { OrgsModule } from '../orgs/orgs.module.js';
import { CompanyBooksRepository } from './company-books.repository.js';
import { CurrenciesService } from './currencies.service.js';
import { ExchangeRatesRepository } from './exchange-rates.repository.js';

/** In which currencies an organisation can invoice: what its QuickBooks company keeps, and at which rate. */
@Module({
  imports: [OrgsModule],
  providers: [CompanyBooksRepository, ExchangeRatesRepository, CurrenciesService],
  exports: [CompanyBooksRepository, ExchangeRatesRepository, CurrenciesService],
})
export class CurrenciesModule {}
