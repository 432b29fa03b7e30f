import { Global, Module } from '@nestjs/common';
import { CurrenciesModule } from '../../../currencies/currencies.module.js';
import { CurrencyReader } from '../../../currencies/currency-reader.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { CompanyBooksReaderService } from './company-books-reader.service.js';
import { CompanyCurrenciesController } from './company-currencies.controller.js';
import { DocumentRatesService } from './document-rates.service.js';

/**
 * In which currencies the connected company keeps its books, and at which rates. Global, because currencies below take
 * `CurrencyReader` without knowing this room.
 */
@Global()
@Module({
  imports: [OrgsModule, CurrenciesModule, QboApiModule, QboConnectionModule],
  controllers: [CompanyCurrenciesController],
  providers: [
    CompanyBooksReaderService,
    DocumentRatesService,
    { provide: CurrencyReader, useExisting: CompanyBooksReaderService },
  ],
  exports: [CurrenciesModule, CompanyBooksReaderService, DocumentRatesService, CurrencyReader],
})
export class CompanyCurrenciesModule {}
