import { Body, Controller, Headers, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { Allow } from '../access/allow.decorator.js';
import { TokensView } from '../auth.dto.js';
import { tokensView } from '../auth.view.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import { OwnSignIn } from '../access/own-sign-in.decorator.js';
import { READERS } from '../access/permissions.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { OwnPasswordService } from './own-password.service.js';
import { PasswordResetRequestService } from './password-reset-request.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { ChangePassword, ForgotPassword, PasswordTakenView, ResetPassword } from './password.dto.js';

/** The own password, for programs. Browsers have pages. */
@ApiTags('Sign-in')
@Controller('auth/password')
@OwnSignIn()
export class PasswordController {
  constructor(
    private readonly ownPassword: OwnPasswordService,
    private readonly resetRequests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  @Allow(READERS)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Change the own password: every session ends, and the answer begins a new one',
    description: 'It is no confirmation: what wants one is asked for as it was before.',
  })
  @ApiOkResponse({ type: TokensView })
  @ApiProblems(409, 422, 429)
  async change(
    @CurrentUser() user: SessionUser,
    @Body() body: ChangePassword,
    @Ip() ip: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<TokensView> {
    const { current_password: currentPassword, new_password: newPassword } = body;
    const changed = await this.ownPassword.change(user, { currentPassword, newPassword, ip });
    const { confirmedAt } = user;
    return tokensView(await this.sessions.begin(changed.user, { ip, userAgent }, { confirmedAt }));
  }

  @Post('forgot')
  @Public()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Mail a link to a new password to this address, if it is anybody’s; 5 a day for one address',
    description:
      'Answers 202 for every text, also for one that is no e-mail address, and where there is none.',
  })
  @ApiAcceptedResponse({ type: PasswordTakenView })
  @ApiProblems(400, 422)
  async forgot(@Body() { email }: ForgotPassword, @Ip() ip: string): Promise<PasswordTakenView> {
    if (typeof email === 'string') await this.resetRequests.take(email, ip);
    return { ok: true };
  }

  @Post('reset')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Set a new password with the token of the mail, once and within the hour' })
  @ApiOkResponse({ type: PasswordTakenView })
  @ApiProblems(400, 422)
  async reset(@Body() { token, new_password: newPassword }: ResetPassword): Promise<PasswordTakenView> {
    await this.resets.reset(token, newPassword);
    return { ok: true };
  }
}
