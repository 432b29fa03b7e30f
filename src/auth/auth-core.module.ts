import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BrowserCookiesService } from './access/browser-cookies.service.js';
import { CsrfService } from './access/csrf.service.js';
import { AccountMailsRepository } from './account/mail/account-mails.repository.js';
import { AccountNoticesService } from './account/mail/account-notices.service.js';
import { AccountTokensRepository } from './account/account-tokens.repository.js';
import { InvitationsRepository } from './invitations/invitations.repository.js';
import { PasswordChangeService } from './passwords/password-change.service.js';
import { PasswordHashSemaphoreService } from './passwords/password-hash-semaphore.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { MembershipsRepository } from './people/memberships.repository.js';
import { StandingRepository } from './people/standing.repository.js';
import { UsersRepository } from './people/users.repository.js';
import { CodeThrottleService } from './second-factor/code-throttle.service.js';
import { SecondFactorsRepository } from './second-factor/second-factors.repository.js';
import { AccessTokensService } from './sessions/access-tokens.service.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { StoredSession } from './sessions/session.entity.js';
import { KnownNetworksService } from './sessions/known-networks.service.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { LoginThrottleRepository } from './sign-in/login-throttle.repository.js';

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
const SECRETS = [
  PasswordsService,
  PasswordHashSemaphoreService,
  PasswordChangeService,
  AccountNoticesService,
  AccessTokensService,
  CodeThrottleService,
  KnownNetworksService,
  CsrfService,
  BrowserCookiesService,
];

/** The tables of people and sessions, and what handles secrets. For the rooms of `auth` alone. */
@Module({
  imports: [TypeOrmModule.forFeature([RefreshToken, StoredSession]), JwtModule.register({})],
  providers: [...TABLES, ...SECRETS],
  exports: [...TABLES, ...SECRETS],
})
export class AuthCoreModule {}
