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
import { isUUID } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Allow } from '../allow.decorator.js';
import type { SessionUser } from '../authenticated-users.service.js';
import { BrowserCookiesService } from '../browser-cookies.service.js';
import { BrowserSession, SIGN_IN_PATH } from '../browser-session.decorator.js';
import { CurrentUser } from '../current-user.decorator.js';
import { READERS } from '../permissions.js';
import { SecondFactorsService } from '../second-factor/second-factors.service.js';
import { SessionSwitchService } from '../session-switch.service.js';
import { SessionsService } from '../sessions.service.js';
import { UsersService } from '../users.service.js';
import { ACCOUNT_PATH } from './account-addresses.js';
import { formSchema, type FormFields, HTML, REFERRER, refusalOf, textOf } from './account-form.js';
import { ownAccountPage } from './own-account-page.js';
import { OwnPasswordService } from './own-password.service.js';

const SESSIONS_SHOWN = 50;

/** The page of the own account. It has no script; its forms count only where they come from our own pages. */
@ApiTags('Sign-in')
@Controller('auth/account')
@Allow(READERS)
@BrowserSession()
export class OwnAccountPageController {
  constructor(
    private readonly ownPassword: OwnPasswordService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly switches: SessionSwitchService,
    private readonly factors: SecondFactorsService,
    private readonly cookies: BrowserCookiesService,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of the own account: organisations, password and sign-ins' })
  @ApiQuery({ name: 'done', required: false, enum: ['password', 'session', 'switch'] })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page' })
  async show(@CurrentUser() user: SessionUser, @Query('done') done: unknown): Promise<string> {
    return this.pageOf(user, { done });
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
      return this.refuse(user, reply, { status: 422, refusal: 'The two passwords differ.' });
    }
    try {
      const changed = await this.ownPassword.change(user, { currentPassword, newPassword, ip });
      const origin = { ip, userAgent: headers['user-agent'] };
      const { confirmedAt } = user;
      this.cookies.setSession(reply, await this.sessions.beginInBrowser(changed, origin, { confirmedAt }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { retryAfterSeconds } = error.hints;
      if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
      return this.refuse(user, reply, refusalOf(error));
    }
    void reply.redirect(`${ACCOUNT_PATH}?done=password`, 303);
  }

  @Post('switch')
  @HttpCode(303)
  @ApiOperation({ summary: 'Go on in another organisation with the form of the page' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: formSchema(['org_id']) })
  @ApiProduces('text/html')
  @ApiResponse({ status: 303, description: 'There: the page again, with a new cookie' })
  @ApiResponse({ status: 422, description: 'The page again: no such organisation lets you in' })
  async switchOrg(
    @CurrentUser() user: SessionUser,
    @Body() fields: FormFields,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      const orgId = orgIdIn(textOf(fields?.org_id));
      this.cookies.setSession(reply, await this.switches.switchBrowser(user, orgId));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return this.refuse(user, reply, { ...refusalOf(error), of: 'switch' });
    }
    void reply.redirect(`${ACCOUNT_PATH}?done=switch`, 303);
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

  private async refuse(
    user: SessionUser,
    reply: FastifyReply,
    { status, ...shown }: { status: number; refusal: string; of?: 'switch' },
  ): Promise<void> {
    const html = await this.pageOf(user, shown);
    void reply
      .status(status)
      .header(...REFERRER)
      .type(HTML)
      .send(html);
  }

  private async pageOf(
    { orgId, userId, company, sessionId }: SessionUser,
    shown: { done?: unknown; refusal?: string; of?: 'switch' },
  ): Promise<string> {
    const { email, fullName, roles } = await this.users.get(orgId, userId);
    const orgs = await this.users.listOrgs(userId);
    const sessions = await this.sessions.listLive(userId, { limit: SESSIONS_SHOWN });
    const factor = await this.factors.find(userId);
    const person = { email, fullName, orgId, company, roles, orgs };
    return ownAccountPage({ ...person, ...shown, sessions, currentId: sessionId, factor });
  }
}

/** What a form names as an organisation; 0, which is none, for what is no id. */
function orgIdIn(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
