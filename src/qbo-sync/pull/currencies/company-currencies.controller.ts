import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { READERS } from '../../../auth/access/permissions.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { CompanyBooksReaderService } from './company-books-reader.service.js';
import { CurrenciesView } from './company-currencies.dto.js';
import { currenciesView } from './company-currencies.view.js';

@ApiTags('QuickBooks')
@Controller('qbo/currencies')
export class CompanyCurrenciesController {
  constructor(
    private readonly reader: CompanyBooksReaderService,
    private readonly settings: OrgSettingsService,
  ) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'In which currencies proposals can be approved, charged and invoiced' })
  @ApiOkResponse({ type: CurrenciesView })
  async get(@CurrentUser() { orgId }: AuthenticatedUser): Promise<CurrenciesView> {
    const books = await this.reader.current(orgId);
    return currenciesView((await this.settings.get(orgId)).currency, books);
  }
}
