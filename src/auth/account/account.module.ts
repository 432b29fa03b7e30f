import { Module } from '@nestjs/common';
import { MailModule } from '../../platform/mail/mail.module.js';
import { AuthCoreModule } from '../auth-core.module.js';
import { AuthModule } from '../auth.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { AccountPagesController } from './pages/account-pages.controller.js';
import { AccountMailDeliveryService } from './mail/account-mail-delivery.service.js';
import { AccountMailWriterService } from './mail/account-mail-writer.service.js';
import { ConfirmationPageController } from './pages/confirmation-page.controller.js';
import { OwnAccountPageController } from './pages/own-account-page.controller.js';
import { OwnAccountPageService } from './pages/own-account-page.service.js';
import { OwnPasswordService } from './own-password.service.js';
import { OwnSessionsPageController } from './pages/own-sessions-page.controller.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { PasswordController } from './password.controller.js';
import { SecondFactorPageController } from './pages/second-factor-page.controller.js';
import { SessionsController } from './sessions.controller.js';

/** What people do about their own account: password, second factor, sessions, and the mails about them. */
@Module({
  imports: [AuthCoreModule, AuthModule, SignInModule, MailModule],
  controllers: [
    PasswordController,
    SessionsController,
    AccountPagesController,
    OwnAccountPageController,
    OwnSessionsPageController,
    SecondFactorPageController,
    ConfirmationPageController,
  ],
  providers: [
    OwnAccountPageService,
    OwnPasswordService,
    PasswordResetRequestService,
    PasswordResetService,
    AccountMailWriterService,
    AccountMailDeliveryService,
  ],
})
export class AccountModule {}
