import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswersPages } from '../../platform/http/decorators/answers-pages.decorator.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { HTML } from '../../platform/http/pages/html.js';
import { formSchema, sendPage } from '../../platform/http/pages/page-form.js';
import { CODE_PATH } from '../account/account-addresses.js';
import { BrowserCookiesService } from '../access/browser-cookies.service.js';
import { SIGN_IN_PATH } from '../access/browser-session.decorator.js';
import { type BrowserSignIn, BrowserSignInService, type SentForm } from './browser-sign-in.service.js';
import { signInCodePage } from './sign-in-code-page.js';
import { signInPage } from './sign-in-page.js';

type Fields = Record<string, unknown> | undefined;

/** The two steps of a sign-in: where each is, and its page, which is shown again where it is refused. */
const PASSWORD_STEP = { path: SIGN_IN_PATH, pageOf: signInPage };
const CODE_STEP = { path: CODE_PATH, pageOf: signInCodePage };

/** The two pages of a sign-in with a browser: e-mail and password, then a code for whoever has a second factor. */
@ApiTags('Sign-in')
@Controller('auth/sign-in')
@AnswersPages()
@Public()
export class SignInPageController {
  constructor(
    private readonly browser: BrowserSignInService,
    private readonly cookies: BrowserCookiesService,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @ApiOperation({ summary: 'The page where a person signs in with a browser' })
  @ApiQuery({ name: 'return_to', required: false, example: '/qbo/oauth/start' })
  @ApiResponse({ status: 200, description: 'The page' })
  show(@Query('return_to') wanted: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    const returnTo = this.browser.placeAfter(wanted);
    return signInPage({
      address: this.browser.addressLeadingTo(SIGN_IN_PATH, returnTo),
      returnTo,
      csrfToken: this.cookies.formToken(reply),
    });
  }

  @Post()
  @HttpCode(302)
  @ApiOperation({ summary: 'Sign in with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['email', 'password', 'csrf_token'], ['return_to']) })
  @ApiResponse({ status: 302, description: 'Signed in: the cookie crm_session is set, go to return_to' })
  @ApiResponse({
    status: 303,
    description: 'The password is right, and there is a second factor: send the code',
  })
  @ApiResponse({ status: 401, description: 'The page again: wrong e-mail or password' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async submit(
    @Body() fields: Fields,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const result = await this.browser.submit(this.sent(fields, request));
    this.answer(reply, result, PASSWORD_STEP);
  }

  @Get('code')
  @ApiOperation({
    summary: 'The page where a browser sends the code of the second factor, after the password',
  })
  @ApiQuery({ name: 'return_to', required: false, example: '/qbo/oauth/start' })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 302, description: 'No password was right within five minutes: go to the sign-in' })
  showCode(
    @Query('return_to') wanted: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const returnTo = this.browser.placeAfter(wanted);
    if (!this.browser.awaitsCode(this.cookies.ticket(request))) {
      return void reply.redirect(addressOf(SIGN_IN_PATH, returnTo), 302);
    }
    const address = this.browser.addressLeadingTo(CODE_PATH, returnTo);
    sendPage(reply, signInCodePage({ address, returnTo, csrfToken: this.cookies.formToken(reply) }));
  }

  @Post('code')
  @HttpCode(302)
  @ApiOperation({ summary: 'Send the code of the second factor with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['totp', 'csrf_token']) })
  @ApiResponse({ status: 302, description: 'Signed in: the cookie crm_session is set, go to return_to' })
  @ApiResponse({ status: 401, description: 'The page again: wrong code; or the sign-in, after five minutes' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async submitCode(
    @Body() fields: Fields,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const result = await this.browser.submitCode(this.sent(fields, request));
    const isOver = result.step === 'refused' && result.isOver;
    this.answer(reply, result, isOver ? PASSWORD_STEP : CODE_STEP);
  }

  private sent(fields: Fields, request: FastifyRequest): SentForm {
    return {
      fields: fields ?? {},
      isOwn: this.cookies.isOwnForm(request, fields?.csrf_token),
      ticket: this.cookies.ticket(request),
      ip: request.ip,
      userAgent: request.headers['user-agent'],
    };
  }

  private answer(
    reply: FastifyReply,
    result: BrowserSignIn,
    { path, pageOf }: typeof PASSWORD_STEP | typeof CODE_STEP,
  ): void {
    if (result.step === 'code') {
      this.cookies.setTicket(reply, result.ticket);
      return void reply.redirect(addressOf(CODE_PATH, result.location), 303);
    }
    if (result.step === 'done') {
      this.cookies.setSession(reply, result.cookie);
      if (this.cookies.ticket(reply.request) !== null) this.cookies.clearTicket(reply);
      this.cookies.clearFormToken(reply);
      return void reply.redirect(result.location, 302);
    }
    if (result.retryAfterSeconds !== undefined) reply.header('retry-after', result.retryAfterSeconds);
    const { email, refusal, location: returnTo } = result;
    const address = this.browser.addressLeadingTo(path, returnTo);
    const html = pageOf({ address, returnTo, csrfToken: this.cookies.formToken(reply), email, refusal });
    sendPage(reply, html, result.status);
  }
}

function addressOf(path: string, returnTo: string): string {
  return `${path}?return_to=${encodeURIComponent(returnTo)}`;
}
