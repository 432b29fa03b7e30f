import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../platform/config/config.js';
import { AccessGuard } from './access/access.guard.js';
import { AccountMailsRepository } from './account/account-mails.repository.js';
import { AccountNoticesService } from './account/account-notices.service.js';
import { AccountTokensRepository } from './account/account-tokens.repository.js';
import { AuthController } from './auth.controller.js';
import { BearerStrategy } from './access/bearer.strategy.js';
import { BrowserCookiesService } from './access/browser-cookies.service.js';
import { BrowserSignInService } from './sign-in/browser-sign-in.service.js';
import { BrowserStrategy } from './access/browser.strategy.js';
import { AuthenticatedUsersService } from './access/authenticated-users.service.js';
import { CsrfService } from './access/csrf.service.js';
import { AuthenticatorService } from './access/authenticator.service.js';
import { InvitationsRepository } from './invitations/invitations.repository.js';
import { LoginThrottleRepository } from './sign-in/login-throttle.repository.js';
import { LoginThrottleService } from './sign-in/login-throttle.service.js';
import { MembershipsRepository } from './people/memberships.repository.js';
import { PasswordChangeService } from './passwords/password-change.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { OwnNameService } from './people/own-name.service.js';
import { PersonChangeService } from './people/person-change.service.js';
import { PersonErasureService } from './people/person-erasure.service.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { RequestCountsService } from './access/request-counts.service.js';
import { askedTooOften, RequestRateGuard } from './access/request-rate.guard.js';
import { StoredSession } from './sessions/session.entity.js';
import { CodeThrottleService } from './second-factor/code-throttle.service.js';
import { ConfirmationService } from './second-factor/confirmation.service.js';
import { SecondFactorRemovalService } from './second-factor/second-factor-removal.service.js';
import { SecondFactorSetupService } from './second-factor/second-factor-setup.service.js';
import { SecondFactorsRepository } from './second-factor/second-factors.repository.js';
import { SecondFactorsService } from './second-factor/second-factors.service.js';
import { TotpController } from './second-factor/totp.controller.js';
import { SessionSwitchService } from './sessions/session-switch.service.js';
import { SessionTokensService } from './sessions/session-tokens.service.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInPageController } from './sign-in/sign-in-page.controller.js';
import { SignInFailuresService } from './sign-in/sign-in-failures.service.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { SignInTicketService } from './sign-in/sign-in-ticket.service.js';
import { StandingRepository } from './people/standing.repository.js';
import { AccessTokensService } from './sessions/access-tokens.service.js';
import { PasswordHashSemaphoreService } from './passwords/password-hash-semaphore.service.js';
import { UsersController } from './people/users.controller.js';
import { UsersRepository } from './people/users.repository.js';
import { UsersService } from './people/users.service.js';

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
  AccountNoticesService,
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
