import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../platform/http/public.decorator.js';
import { BrowserCookiesService } from './browser-cookies.service.js';
import { BrowserSignInService } from './browser-sign-in.service.js';
import { signInPage } from './sign-in-page.js';

const HTML = 'text/html; charset=utf-8';
const FORM = {
  type: 'object',
  required: ['email', 'password', 'csrf_token'],
  properties: {
    email: { type: 'string', example: 'admin@peakpro.io' },
    password: { type: 'string', format: 'password' },
    return_to: { type: 'string', example: '/qbo/oauth/start' },
    csrf_token: { type: 'string', description: 'As the page and its cookie had it' },
  },
};

@ApiTags('Sign-in')
@Controller('auth/sign-in')
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
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page' })
  show(@Query('return_to') wanted: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    return signInPage({
      returnTo: this.browser.placeAfter(wanted),
      csrfToken: this.cookies.formToken(reply),
    });
  }

  @Post()
  @HttpCode(302)
  @ApiOperation({ summary: 'Sign in with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: FORM })
  @ApiProduces('text/html')
  @ApiResponse({ status: 302, description: 'Signed in: the cookie crm_session is set, go to return_to' })
  @ApiResponse({ status: 401, description: 'The page again: wrong e-mail or password' })
  @ApiResponse({ status: 403, description: 'The page again: the form was not ours' })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async submit(
    @Body() fields: Record<string, unknown> | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const result = await this.browser.submit({
      fields: fields ?? {},
      isOwn: this.cookies.isOwnForm(request, fields?.csrf_token),
      ip: request.ip,
      userAgent: request.headers['user-agent'],
    });
    if (result.ok) {
      this.cookies.setSession(reply, result.cookie);
      this.cookies.clearFormToken(reply);
      void reply.redirect(result.location, 302);
      return;
    }
    if (result.retryAfterSeconds !== undefined) reply.header('retry-after', result.retryAfterSeconds);
    const csrfToken = this.cookies.formToken(reply);
    const { email, refusal, location } = result;
    const html = signInPage({ returnTo: location, csrfToken, email, refusal });
    void reply.status(result.status).type(HTML).send(html);
  }
}
