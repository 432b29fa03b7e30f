import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../platform/config/config.js';
import { AccessGuard } from './access.guard.js';
import { AccountMailsRepository } from './account-mails.repository.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { AuthController } from './auth.controller.js';
import { BearerStrategy } from './bearer.strategy.js';
import { BrowserCookiesService } from './browser-cookies.service.js';
import { BrowserSignInService } from './browser-sign-in.service.js';
import { BrowserStrategy } from './browser.strategy.js';
import { AuthenticatedUsersService } from './authenticated-users.service.js';
import { CsrfService } from './csrf.service.js';
import { AuthenticatorService } from './authenticator.service.js';
import { InvitationsRepository } from './invitations.repository.js';
import { LoginThrottleRepository } from './login-throttle.repository.js';
import { LoginThrottleService } from './login-throttle.service.js';
import { MembershipsRepository } from './memberships.repository.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordsService } from './passwords.service.js';
import { OwnNameService } from './own-name.service.js';
import { PersonChangeService } from './person-change.service.js';
import { PersonErasureService } from './person-erasure.service.js';
import { RefreshToken } from './refresh-token.entity.js';
import { RequestCountsService } from './request-counts.service.js';
import { askedTooOften, RequestRateGuard } from './request-rate.guard.js';
import { StoredSession } from './session.entity.js';
import { CodeThrottleService } from './second-factor/code-throttle.service.js';
import { ConfirmationService } from './second-factor/confirmation.service.js';
import { SecondFactorRemovalService } from './second-factor/second-factor-removal.service.js';
import { SecondFactorSetupService } from './second-factor/second-factor-setup.service.js';
import { SecondFactorsRepository } from './second-factor/second-factors.repository.js';
import { SecondFactorsService } from './second-factor/second-factors.service.js';
import { TotpController } from './second-factor/totp.controller.js';
import { SessionSwitchService } from './session-switch.service.js';
import { SessionTokensService } from './session-tokens.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInPageController } from './sign-in-page.controller.js';
import { SignInFailuresService } from './sign-in-failures.service.js';
import { SignInService } from './sign-in.service.js';
import { SignInTicketService } from './sign-in-ticket.service.js';
import { StandingRepository } from './standing.repository.js';
import { AccessTokensService } from './access-tokens.service.js';
import { PasswordHashSemaphoreService } from './password-hash-semaphore.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

const TABLES = [
  UsersRepository,
  MembershipsRepository,
  StandingRepository,
  SessionsRepository,
  LoginThrottleRepository,
  AccountMailsRepository,
  AccountTokensRepository,
  InvitationsRepository,
  SecondFactorsRepository,
];
const SIGN_IN = [
  SignInService,
  SignInFailuresService,
  SignInTicketService,
  BrowserSignInService,
  SessionsService,
  SessionTokensService,
  SessionSwitchService,
  LoginThrottleService,
  CsrfService,
  BrowserCookiesService,
];
const PROOFS = [
  AuthenticatedUsersService,
  BearerStrategy,
  BrowserStrategy,
  AuthenticatorService,
  AccessTokensService,
  PasswordsService,
  PasswordChangeService,
  PasswordHashSemaphoreService,
];

const SECOND_FACTOR = [
  SecondFactorsService,
  SecondFactorSetupService,
  SecondFactorRemovalService,
  ConfirmationService,
  CodeThrottleService,
];

/** People, their roles and sessions, and sign-in. Its guards stand before every route. */
@Module({
  imports: [
    TypeOrmModule.forFeature([RefreshToken, StoredSession]),
    PassportModule,
    JwtModule.register({}),
    ThrottlerModule.forRootAsync({
      inject: [Config],
      useFactory: ({ auth }: Config) => ({
        throttlers: [{ ttl: 60_000, limit: auth.requestsPerMinuteMax }],
        storage: new RequestCountsService(),
        errorMessage: (_context: unknown, { timeToBlockExpire }) => askedTooOften(timeToBlockExpire),
      }),
    }),
  ],
  controllers: [AuthController, TotpController, SignInPageController, UsersController],
  providers: [
    ...TABLES,
    ...SIGN_IN,
    ...PROOFS,
    ...SECOND_FACTOR,
    UsersService,
    OwnNameService,
    PersonChangeService,
    PersonErasureService,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RequestRateGuard },
  ],
  exports: [UsersService, OwnNameService, ...TABLES, ...SIGN_IN, ...PROOFS, ...SECOND_FACTOR],
})
export class AuthModule {}
