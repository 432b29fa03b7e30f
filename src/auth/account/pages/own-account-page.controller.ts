import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../../../platform/errors/domain-error.js';
import { requestValidation } from '../../../platform/errors/validation.pipe.js';
import { Allow } from '../../access/allow.decorator.js';
import type { SessionUser } from '../../access/authenticated-users.service.js';
import { BrowserCookiesService } from '../../access/browser-cookies.service.js';
import { BrowserSession } from '../../access/browser-session.decorator.js';
import { CurrentUser } from '../../access/current-user.decorator.js';
import { OwnNameService } from '../../people/own-name.service.js';
import { OwnSignIn } from '../../access/own-sign-in.decorator.js';
import { READERS } from '../../access/permissions.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { OwnName } from '../../people/user.dto.js';
import { ACCOUNT_PATH } from '../account-addresses.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { formSchema, type FormFields, REFERRER, textOf } from '../../../platform/http/pages/page-form.js';
import { OwnAccountPageService } from './own-account-page.service.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { OwnPasswordService } from '../own-password.service.js';

/**
 * The page of the own account, with name and password. It has no script; its forms count only where they come from our
 * own pages.
 */
@ApiTags('Sign-in')
@Controller('auth/account')
@AnswersPages()
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class OwnAccountPageController {
  constructor(
    private readonly ownName: OwnNameService,
    private readonly ownPassword: OwnPasswordService,
    private readonly sessions: SessionsService,
    private readonly cookies: BrowserCookiesService,
    private readonly page: OwnAccountPageService,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of the own account: organisations, password and sign-ins' })
  @ApiQuery({ name: 'done', required: false, enum: ['name', 'password', 'session', 'switch'] })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(@CurrentUser() user: SessionUser, @Query('done') done: unknown): Promise<string> {
    return this.page.show(user, { done });
  }

  @Post('name')
  @HttpCode(303)
  @ApiOperation({ summary: 'Change the own name with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['full_name']) })
  @ApiResponse({ status: 303, description: 'Changed: the page again' })
  @ApiResponse({ status: 422, description: 'The page again: it is no name' })
  async changeName(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      const body: unknown = await requestValidation().transform(
        { full_name: textOf(fields?.full_name) },
        { type: 'body', metatype: OwnName },
      );
      await this.ownName.change(user, (body as OwnName).full_name);
    } catch (error) {
      return this.page.sendAgain(user, reply, error, 'name');
    }
    void reply.redirect(`${ACCOUNT_PATH}?done=name`, 303);
  }

  @Post('password')
  @HttpCode(303)
  @ApiOperation({ summary: 'Change the own password with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['current_password', 'new_password', 'repeated']) })
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
      if (!changed.goesOn) {
        const origin = { ip, userAgent: headers['user-agent'] };
        const { confirmedAt } = user;
        const cookie = await this.sessions.beginInBrowser(changed.user, origin, { confirmedAt });
        this.cookies.setSession(reply, cookie);
      }
    } catch (error) {
      return this.page.sendAgain(user, reply, error);
    }
    void reply.redirect(`${ACCOUNT_PATH}?done=password`, 303);
  }
}

function passwordsDiffer() {
  return invalid([{ field: 'repeated', message: 'The two passwords differ' }]);
}
