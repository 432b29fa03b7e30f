import { Module } from '@nestjs/common';
import { MailModule } from '../../platform/mail/mail.module.js';
import { AuthCoreModule } from '../auth-core.module.js';
import { AuthModule } from '../auth.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationPagesController } from './invitation-pages.controller.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsService } from './invitations.service.js';
import { JoiningService } from './joining.service.js';

/** How people come into an organisation by mail. The mail itself is sent by the account module. */
@Module({
  imports: [AuthCoreModule, AuthModule, SignInModule, MailModule],
  controllers: [InvitationsController, InvitationPagesController],
  providers: [InvitationsService, JoiningService, InvitationAcceptanceService],
})
export class InvitationsModule {}
