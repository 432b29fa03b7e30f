import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { AccessTokens } from '../../api/pipeline/access-tokens.js';
import { CallRecorder } from '../../api/pipeline/call-recorder.js';
import { AccessTokenCacheService } from './access-token-cache.service.js';
import { ConnectionLossService } from '../connection-loss.service.js';
import { ConnectionHealthRecorderService } from '../connection-health-recorder.service.js';
import { IntuitOauthClient } from '../intuit-oauth.client.js';
import { QboConnection } from '../qbo-connection.entity.js';
import { QboConnectionsRepository } from '../qbo-connections.repository.js';
import { TokenRefresherService } from './token-refresher.service.js';
import { TokenVaultService } from './token-vault.service.js';
import { TokenService } from './token.service.js';

/**
 * Stored tokens and their refresh. Global, because the API room below takes `AccessTokens` without knowing this room.
 */
@Global()
@Module({
  imports: [InboxModule, TypeOrmModule.forFeature([QboConnection])],
  providers: [
    QboConnectionsRepository,
    TokenVaultService,
    IntuitOauthClient,
    ConnectionLossService,
    AccessTokenCacheService,
    TokenRefresherService,
    TokenService,
    ConnectionHealthRecorderService,
    { provide: AccessTokens, useExisting: TokenService },
    { provide: CallRecorder, useExisting: ConnectionHealthRecorderService },
  ],
  exports: [
    AccessTokenCacheService,
    ConnectionLossService,
    AccessTokens,
    CallRecorder,
    TokenService,
    QboConnectionsRepository,
    TokenVaultService,
    IntuitOauthClient,
  ],
})
export class QboTokensModule {}
