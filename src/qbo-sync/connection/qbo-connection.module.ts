import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../../auth/auth.module.js';
import { CurrenciesModule } from '../../currencies/currencies.module.js';
import { OrgsModule } from '../../orgs/orgs.module.js';
import { QboApiModule } from '../api/qbo-api.module.js';
import { ConnectService } from './connect.service.js';
import { CompanyLinksRepository } from './company-links.repository.js';
import { ConnectionStoreService } from './connection-store.service.js';
import { ConnectionService } from './connection.service.js';
import { ConsentBrowserService } from './consent/consent-browser.service.js';
import { ConsentCallbackService } from './consent/consent-callback.service.js';
import { ConsentResultService } from './consent/consent-result.service.js';
import { ConsentService } from './consent/consent.service.js';
import { OauthState } from './consent/oauth-state.entity.js';
import { OauthStatesRepository } from './consent/oauth-states.repository.js';
import { QboConnectionController } from './qbo-connection.controller.js';
import { QboTokensModule } from './tokens/qbo-tokens.module.js';

/** OAuth with Intuit: which company belongs to which organisation, and whether it can be called. */
@Module({
  imports: [
    AuthModule,
    OrgsModule,
    CurrenciesModule,
    QboTokensModule,
    QboApiModule,
    TypeOrmModule.forFeature([OauthState]),
  ],
  controllers: [QboConnectionController],
  providers: [
    OauthStatesRepository,
    ConsentService,
    ConsentBrowserService,
    ConsentCallbackService,
    ConsentResultService,
    CompanyLinksRepository,
    ConnectionStoreService,
    ConnectService,
    ConnectionService,
  ],
  exports: [ConnectionService, QboTokensModule],
})
export class QboConnectionModule {}
