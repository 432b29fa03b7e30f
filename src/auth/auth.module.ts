import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../platform/config/config.js';
import { AccessGuard } from './access/access.guard.js';
import { AuthCoreModule } from './auth-core.module.js';
import { AuthenticatedUsersService } from './access/authenticated-users.service.js';
import { AuthenticatorService } from './access/authenticator.service.js';
import { BearerStrategy } from './access/bearer.strategy.js';
import { BrowserStrategy } from './access/browser.strategy.js';
import { RequestCountsService } from './access/request-counts.service.js';
import { askedTooOften, RequestRateGuard } from './access/request-rate.guard.js';
import { UsersService } from './people/users.service.js';
import { SecondFactorsService } from './second-factor/second-factors.service.js';

/** Who calls, and the people there are: what other features ask of `auth`. Its guards stand before every route. */
@Module({
  imports: [
    AuthCoreModule,
    PassportModule,
    ThrottlerModule.forRootAsync({
      inject: [Config],
      useFactory: ({ auth }: Config) => ({
        throttlers: [{ ttl: 60_000, limit: auth.requestsPerMinuteMax }],
        storage: new RequestCountsService(),
        errorMessage: (_context: unknown, { timeToBlockExpire }) => askedTooOften(timeToBlockExpire),
      }),
    }),
  ],
  providers: [
    BearerStrategy,
    BrowserStrategy,
    AuthenticatorService,
    AuthenticatedUsersService,
    UsersService,
    SecondFactorsService,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RequestRateGuard },
  ],
  exports: [AuthenticatorService, AuthenticatedUsersService, UsersService, SecondFactorsService],
})
export class AuthModule {}
