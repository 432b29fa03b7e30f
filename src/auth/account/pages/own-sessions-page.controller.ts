import { Body, Controller, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { rowIdIn } from '../../../platform/database/statements/row-id.js';
import { Allow } from '../../access/allow.decorator.js';
import type { SessionUser } from '../../access/authenticated-users.service.js';
import { BrowserCookiesService } from '../../access/browser-cookies.service.js';
import { BrowserSession, SIGN_IN_PATH } from '../../access/browser-session.decorator.js';
import { CurrentUser } from '../../access/current-user.decorator.js';
import { OwnSignIn } from '../../access/own-sign-in.decorator.js';
import { READERS } from '../../access/permissions.js';
import { SessionSwitchService } from '../../sessions/session-switch.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { UsersService } from '../../people/users.service.js';
import { returnToPage } from '../../sign-in/return-to.js';
import { ACCOUNT_PATH } from '../account-addresses.js';
import { formSchema, type FormFields, REFERRER, textOf } from '../../../platform/http/pages/page-form.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { OwnAccountPageService } from './own-account-page.service.js';
import { switchPage } from './switch-page.js';

/** Of no organisation. */
const NO_ORG_ID = 0;

/** The forms of the own account's page about sign-ins: where this one is, and which of them end. */
@ApiTags('Sign-in')
@Controller('auth/account')
@AnswersPages()
@OwnSignIn()
@Allow(READERS)
@BrowserSession()
export class OwnSessionsPageController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly switches: SessionSwitchService,
    private readonly cookies: BrowserCookiesService,
    private readonly users: UsersService,
    private readonly page: OwnAccountPageService,
  ) {}

  @Get('switch')
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of a link about another organisation than the one this browser is in' })
  @ApiQuery({ name: 'org_id', required: false, example: '2' })
  @ApiQuery({ name: 'return_to', required: false, example: '/why/proposals/7?org_id=2' })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 303, description: 'The browser is in it: go to return_to' })
  async offerSwitch(
    @CurrentUser() user: SessionUser,
    @Query('org_id') asked: unknown,
    @Query('return_to') wanted: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [orgId, place] = [rowIdIn(asked), returnToPage(wanted, ACCOUNT_PATH)];
    if (orgId === null || orgId === user.orgId) return void reply.redirect(place, 303);
    const other = (await this.users.listOrgs(user.userId)).find(({ id }) => id === orgId) ?? null;
    void reply.type(HTML).send(switchPage({ company: user.company, other, returnTo: place }));
  }

  @Post('switch')
  @HttpCode(303)
  @ApiOperation({ summary: 'Go on in another organisation with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['org_id'], ['return_to']) })
  @ApiResponse({ status: 303, description: 'There, with a new cookie: the page again, or return_to' })
  @ApiResponse({ status: 422, description: 'The page again: no such organisation lets you in' })
  async switchOrg(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      const orgId = rowIdIn(fields?.org_id) ?? NO_ORG_ID;
      this.cookies.setSession(reply, await this.switches.switchBrowser(user, orgId));
    } catch (error) {
      return this.page.sendAgain(user, reply, error, 'switch');
    }
    void reply.redirect(returnToPage(fields?.return_to, `${ACCOUNT_PATH}?done=switch`), 303);
  }

  @Post('sessions/end')
  @HttpCode(303)
  @ApiOperation({ summary: 'End one of the own sign-ins with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['session_id']) })
  @ApiResponse({ status: 303, description: 'It is over: the page again' })
  async endSession(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const id = textOf(fields?.session_id);
    if (isUUID(id)) await this.sessions.end(user, id);
    if (id === user.sessionId) this.cookies.clearSession(reply);
    void reply.redirect(`${ACCOUNT_PATH}?done=session`, 303);
  }

  @Post('sign-out')
  @HttpCode(303)
  @ApiOperation({ summary: 'Sign this browser out with the form of the page' })
  @ApiResponse({ status: 303, description: 'Signed out: go to the sign-in' })
  async signOut(@CurrentUser() user: SessionUser, @Res() reply: FastifyReply): Promise<void> {
    if (user.sessionId !== null) await this.sessions.end(user, user.sessionId);
    this.leave(reply);
  }

  @Post('sign-out-everywhere')
  @HttpCode(303)
  @ApiOperation({ summary: 'End every own sign-in with the form of the page' })
  @ApiResponse({ status: 303, description: 'Signed out everywhere: go to the sign-in' })
  async signOutEverywhere(@CurrentUser() user: SessionUser, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.endAll(user);
    this.leave(reply);
  }

  private leave(reply: FastifyReply): void {
    this.cookies.clearSession(reply);
    void reply.redirect(SIGN_IN_PATH, 303);
  }
}
