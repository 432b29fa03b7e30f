import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { AccessGuard } from './access.guard.js';
import { AuthController } from './auth.controller.js';
import { BearerStrategy } from './bearer.strategy.js';
import { BrowserSignInService } from './browser-sign-in.service.js';
import { BrowserStrategy } from './browser.strategy.js';
import { Callers } from './callers.service.js';
import { Csrf } from './csrf.service.js';
import { AuthHousekeeping } from './housekeeping.service.js';
import { Identity } from './identity.service.js';
import { LoginThrottleRepository } from './login-throttle.repository.js';
import { LoginThrottle } from './login-throttle.service.js';
import { Org } from './org.entity.js';
import { OrgSettingsController } from './org-settings.controller.js';
import { StoredOrgSettings } from './org-settings.entity.js';
import { OrgSettingsRepository } from './org-settings.repository.js';
import { OrgSettingsService } from './org-settings.service.js';
import { OrgsRepository } from './orgs.repository.js';
import { OrgsService } from './orgs.service.js';
import { Passwords } from './passwords.service.js';
import { RefreshToken } from './refresh-token.entity.js';
import { RequestRateGuard } from './request-rate.guard.js';
import { Role } from './role.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInPageController } from './sign-in-page.controller.js';
import { SignInService } from './sign-in.service.js';
import { Tokens } from './tokens.service.js';
import { Turnstile } from './turnstile.service.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

const TABLES = [
  OrgsRepository,
  OrgSettingsRepository,
  UsersRepository,
  SessionsRepository,
  LoginThrottleRepository,
];
const SIGN_IN = [SignInService, BrowserSignInService, SessionsService, LoginThrottle, Csrf, AuthHousekeeping];
const PROOFS = [Callers, BearerStrategy, BrowserStrategy, Identity, Tokens, Passwords, Turnstile];

/** Organisations, their people and settings; who signs in, and what each may do. The guards stand before every route. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Org, StoredOrgSettings, User, Role, RefreshToken]),
    PassportModule,
    JwtModule.register({}),
    ThrottlerModule.forRootAsync({
      inject: [Config],
      useFactory: ({ auth }: Config) => [{ ttl: 60_000, limit: auth.requestsPerMinuteMax }],
    }),
  ],
  controllers: [AuthController, SignInPageController, UsersController, OrgSettingsController],
  providers: [
    ...TABLES,
    ...SIGN_IN,
    ...PROOFS,
    OrgsService,
    OrgSettingsService,
    UsersService,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RequestRateGuard },
  ],
  exports: [OrgsService, OrgSettingsService, UsersService],
})
export class AuthModule {}
