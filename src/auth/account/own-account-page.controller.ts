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
import { invalid } from '../../platform/errors/validation.pipe.js';
import { Allow } from '../allow.decorator.js';
import type { SessionUser } from '../authenticated-users.service.js';
import { BrowserCookiesService } from '../browser-cookies.service.js';
import { BrowserSession } from '../browser-session.decorator.js';
import { CurrentUser } from '../current-user.decorator.js';
import { OwnSignIn } from '../own-sign-in.decorator.js';
import { READERS } from '../permissions.js';
import { SessionsService } from '../sessions.service.js';
import { ACCOUNT_PATH } from './account-addresses.js';
import { formSchema, type FormFields, HTML, REFERRER, textOf } from './account-form.js';
import { OwnAccountPageService } from './own-account-page.service.js';
import { OwnPasswordService } from './own-password.service.js';

/**
 * The page of the own account, and the password on it. It has no script; its forms count only where they come from our
 * own pages.
 */
@ApiTags('Sign-in')
@Controller('auth/account')
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class OwnAccountPageController {
  constructor(
    private readonly ownPassword: OwnPasswordService,
    private readonly sessions: SessionsService,
    private readonly cookies: BrowserCookiesService,
    private readonly page: OwnAccountPageService,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of the own account: organisations, password and sign-ins' })
  @ApiQuery({ name: 'done', required: false, enum: ['password', 'session', 'switch'] })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page' })
  async show(@CurrentUser() user: SessionUser, @Query('done') done: unknown): Promise<string> {
    return this.page.show(user, { done });
  }

  @Post('password')
  @HttpCode(303)
  @ApiOperation({ summary: 'Change the own password with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['current_password', 'new_password', 'repeated']) })
  @ApiProduces('text/html')
  @ApiResponse({ status: 303, description: 'Changed, every other sign-in is over: the page again' })
  @ApiResponse({
    status: 422,
    description: 'The page again: a password is wrong or not good, or the two differ',
  })
  @ApiResponse({ status: 429, description: 'The page again: too many failures; see Retry-After' })
  async changePassword(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Req() { ip, headers }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [currentPassword, newPassword] = [textOf(fields?.current_password), textOf(fields?.new_password)];
    if (newPassword !== textOf(fields?.repeated)) {
      return this.page.sendAgain(user, reply, passwordsDiffer());
    }
    try {
      const changed = await this.ownPassword.change(user, { currentPassword, newPassword, ip });
      const origin = { ip, userAgent: headers['user-agent'] };
      const { confirmedAt } = user;
      this.cookies.setSession(reply, await this.sessions.beginInBrowser(changed, origin, { confirmedAt }));
    } catch (error) {
      return this.page.sendAgain(user, reply, error);
    }
    void reply.redirect(`${ACCOUNT_PATH}?done=password`, 303);
  }
}

function passwordsDiffer() {
  return invalid([{ field: 'repeated', message: 'The two passwords differ' }]);
}
