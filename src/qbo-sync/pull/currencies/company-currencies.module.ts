import { Module } from '@nestjs/common';
import { CurrenciesModule } from '../../../currencies/currencies.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { CompanyBooksReaderService } from './company-books-reader.service.js';
import { CompanyCurrenciesController } from './company-currencies.controller.js';
import { DocumentRatesService } from './document-rates.service.js';

/** In which currencies the connected company keeps its books, and at which rates. */
@Module({
  imports: [OrgsModule, CurrenciesModule, QboApiModule, QboConnectionModule],
  controllers: [CompanyCurrenciesController],
  providers: [CompanyBooksReaderService, DocumentRatesService],
  exports: [CurrenciesModule, CompanyBooksReaderService, DocumentRatesService],
})
export class CompanyCurrenciesModule {}
