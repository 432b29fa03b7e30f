import { Body, Controller, Get, Header, HttpCode, Ip, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { Public } from '../../../platform/http/decorators/public.decorator.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { formSchema, type FormFields, sendPage, textOf } from '../../../platform/http/pages/page-form.js';
import { MailClient } from '../../../platform/mail/mail.client.js';
import { isEmailAddress, normalizedEmail } from '../../../platform/text/email-address.js';
import { BrowserCookiesService } from '../../access/browser-cookies.service.js';
import {
  forgottenPage,
  linkMailedPage,
  linkOverPage,
  newPasswordPage,
  passwordSetBeforePage,
  passwordSetPage,
} from './account-pages.js';
import { refuse, STALE } from './account-form.js';
import { PasswordResetRequestService } from '../password-reset-request.service.js';
import { PasswordResetService } from '../password-reset.service.js';

/** The pages for a person who forgot the password. They have no script, and take only their own forms. */
@ApiTags('Sign-in')
@Controller('auth')
@AnswersPages()
@Public()
export class AccountPagesController {
  constructor(
    private readonly resetRequests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
    private readonly cookies: BrowserCookiesService,
    private readonly mail: MailClient,
  ) {}

  @Get('forgotten-password')
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'The page where a person asks for a link to a new password' })
  @ApiResponse({ status: 200, description: 'The page' })
  showForgotten(@Res({ passthrough: true }) reply: FastifyReply): string {
    return forgottenPage({ csrfToken: this.cookies.formToken(reply), mails: this.mail.configured });
  }

  @Post('forgotten-password')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask for a link to a new password with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['email', 'csrf_token']) })
  @ApiResponse({ status: 200, description: 'A page that says the same for every address' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 422, description: 'The page again: no e-mail address' })
  async sendForgotten(
    @Body() fields: FormFields,
    @Ip() ip: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const email = normalizedEmail(textOf(fields?.email));
    const isOwn = this.cookies.isOwnForm(request, fields?.csrf_token);
    if (!isOwn || !isEmailAddress(email, { require_tld: false })) {
      const refusal = isOwn ? 'That is no e-mail address.' : STALE;
      const csrfToken = this.cookies.formToken(reply);
      const html = forgottenPage({ csrfToken, refusal, mails: this.mail.configured, email });
      return sendPage(reply, html, isOwn ? 422 : 403);
    }
    await this.resetRequests.take(email, ip);
    sendPage(reply, linkMailedPage());
  }

  @Get('new-password')
  @ApiOperation({ summary: 'The page that a mailed link leads to' })
  @ApiQuery({ name: 'token', required: false })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 400, description: 'A page: the link does not work any more' })
  async showNew(@Query('token') sent: unknown, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, 200, textOf(sent));
  }

  @Post('new-password')
  @HttpCode(200)
  @ApiOperation({ summary: 'Set a new password with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['token', 'new_password', 'repeated', 'csrf_token']) })
  @ApiResponse({ status: 200, description: 'A page that leads to the sign-in' })
  @ApiResponse({ status: 400, description: 'A page: the link does not work any more' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 422, description: 'The page again: the password is not good, or the two differ' })
  @ApiResponse({ status: 429, description: 'The page again: too many at this moment; see Retry-After' })
  async sendNew(
    @Body() fields: FormFields,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [token, password] = [textOf(fields?.token), textOf(fields?.new_password)];
    if (!this.cookies.isOwnForm(request, fields?.csrf_token)) return this.answer(reply, 403, token, STALE);
    if (password !== textOf(fields?.repeated)) {
      return this.answer(reply, 422, token, 'The two passwords differ.');
    }
    try {
      await this.resets.reset(token, password);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status, refusal } = refuse(reply, error);
      return this.answer(reply, status, token, refusal);
    }
    sendPage(reply, passwordSetPage());
  }

  /** The form of a link; a link that is not good has none, and where it was sent twice the first set the password. */
  private async answer(reply: FastifyReply, status: number, token: string, refusal?: string): Promise<void> {
    const email = await this.resets.emailOf(token);
    if (email === null) {
      const isSet = refusal !== undefined && (await this.resets.wasJustUsed(token));
      const statusOver = status === 403 ? status : 400;
      return isSet ? sendPage(reply, passwordSetBeforePage()) : sendPage(reply, linkOverPage(), statusOver);
    }
    const csrfToken = this.cookies.formToken(reply);
    sendPage(reply, newPasswordPage({ csrfToken, token, email, refusal }), status);
  }
}
