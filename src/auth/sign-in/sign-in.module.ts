import { Module } from '@nestjs/common';
import { AuthCoreModule } from '../auth-core.module.js';
import { AuthController } from '../auth.controller.js';
import { AuthModule } from '../auth.module.js';
import { OwnNameService } from '../people/own-name.service.js';
import { PersonChangeService } from '../people/person-change.service.js';
import { PersonErasureService } from '../people/person-erasure.service.js';
import { UsersController } from '../people/users.controller.js';
import { ConfirmationService } from '../second-factor/confirmation.service.js';
import { SecondFactorRemovalService } from '../second-factor/second-factor-removal.service.js';
import { SecondFactorSetupService } from '../second-factor/second-factor-setup.service.js';
import { TotpController } from '../second-factor/totp.controller.js';
import { PressesService } from '../sessions/presses.service.js';
import { SessionSwitchService } from '../sessions/session-switch.service.js';
import { SessionTokensService } from '../sessions/session-tokens.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { BrowserSignInService } from './browser-sign-in.service.js';
import { LoginThrottleService } from './login-throttle.service.js';
import { SignInFailuresService } from './sign-in-failures.service.js';
import { SignInPageController } from './sign-in-page.controller.js';
import { SignInTicketService } from './sign-in-ticket.service.js';
import { SignInService } from './sign-in.service.js';

/** Sign-in with sessions and second factor, and what admins do about the people of theirs. For the rooms of `auth`. */
@Module({
  imports: [AuthCoreModule, AuthModule],
  controllers: [AuthController, TotpController, SignInPageController, UsersController],
  providers: [
    SignInService,
    SignInFailuresService,
    SignInTicketService,
    BrowserSignInService,
    LoginThrottleService,
    SessionsService,
    PressesService,
    SessionTokensService,
    SessionSwitchService,
    SecondFactorSetupService,
    SecondFactorRemovalService,
    ConfirmationService,
    OwnNameService,
    PersonChangeService,
    PersonErasureService,
  ],
  exports: [
    SignInService,
    LoginThrottleService,
    SessionsService,
    PressesService,
    SessionSwitchService,
    SecondFactorSetupService,
    ConfirmationService,
    OwnNameService,
  ],
})
export class SignInModule {}
