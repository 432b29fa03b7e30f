import { Module } from '@nestjs/common';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { CompanyCurrenciesModule } from '../currencies/company-currencies.module.js';
import { CompanyReadingService } from './company-reading.service.js';
import { PreflightController } from './preflight.controller.js';
import { PreflightPageController } from './preflight-page.controller.js';
import { PreflightService } from './preflight.service.js';
import { PreflightsRepository } from './preflights.repository.js';

/** Whether the connected company is ready to be written to. */
@Module({
  imports: [OrgsModule, QboApiModule, QboConnectionModule, CompanyCurrenciesModule],
  controllers: [PreflightController, PreflightPageController],
  providers: [PreflightsRepository, CompanyReadingService, PreflightService],
  exports: [PreflightsRepository],
})
export class PreflightModule {}
