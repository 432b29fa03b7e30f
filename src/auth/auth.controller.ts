import { Body, Controller, Get, Headers, HttpCode, Ip, Patch, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { Public } from '../platform/http/decorators/public.decorator.js';
import { Clock } from '../platform/time/clock.js';
import { Allow } from './access/allow.decorator.js';
import { LoggedOutView, Login, Logout, MeView, Refresh, Switch, TokensView } from './auth.dto.js';
import { tokensView } from './auth.view.js';
import { BrowserCookiesService } from './access/browser-cookies.service.js';
import { BrowserSession } from './access/browser-session.decorator.js';
import { OwnNameService } from './people/own-name.service.js';
import { OwnSignIn } from './access/own-sign-in.decorator.js';
import { READERS } from './access/permissions.js';
import { CurrentUser } from './access/current-user.decorator.js';
import type { SessionUser } from './access/authenticated-users.service.js';
import { SessionSwitchService } from './sessions/session-switch.service.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { OwnName } from './people/user.dto.js';
import { meView } from './people/user.view.js';
import { UsersService } from './people/users.service.js';

@ApiTags('Sign-in')
@Controller('auth')
@OwnSignIn()
export class AuthController {
  constructor(
    private readonly signIn: SignInService,
    private readonly sessions: SessionsService,
    private readonly switches: SessionSwitchService,
    private readonly users: UsersService,
    private readonly ownName: OwnNameService,
    private readonly cookies: BrowserCookiesService,
    private readonly clock: Clock,
  ) {}

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in with e-mail and password, and a code where there is a second factor',
    description:
      'With the right password and without the code of a second factor the answer is 401 `totp_required`: send the ' +
      'same again with `totp`. A wrong code is `wrong_totp`; too many of them are refused like wrong passwords.',
  })
  @ApiOkResponse({ type: TokensView })
  @ApiProblems(400, 401, 422, 429)
  async login(
    @Body() body: Login,
    @Ip() ip: string,
    @Headers('user-agent') userAgent: string | undefined,
  ): Promise<TokensView> {
    const { email, password, totp, org_id: orgId } = body;
    const { user, hasFactor } = await this.signIn.verify({ email, password, totp, orgId, ip });
    return tokensView(await this.sessions.begin(user, { ip, userAgent }, { hasFactor }));
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens; used twice, it ends the sign-in' })
  @ApiOkResponse({ type: TokensView })
  @ApiProblems(400, 401, 422)
  async refresh(@Body() body: Refresh): Promise<TokensView> {
    return tokensView(await this.sessions.refresh(body.refresh_token, this.clock.now()));
  }

  @Post('switch')
  @Allow(READERS)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Go on in another organisation of yours, without signing in again',
    description:
      'The sign-in stays the same one, moves to that organisation and gets new tokens, with your roles there. ' +
      'Refresh tokens that were not used are withdrawn; access tokens from before go on in their organisation until ' +
      'they end. An organisation there is not, one you are not in and one that lets you in no more are all 403 ' +
      '`not_a_member`.',
  })
  @ApiOkResponse({ type: TokensView })
  @ApiProblems(409, 422)
  async switch(@CurrentUser() user: SessionUser, @Body() { org_id: orgId }: Switch): Promise<TokensView> {
    return tokensView(await this.switches.switchProgram(user, orgId));
  }

  @Post('logout')
  @Allow(READERS)
  @BrowserSession()
  @HttpCode(200)
  @ApiOperation({ summary: 'End this sign-in: its tokens and cookie are worth nothing from here on' })
  @ApiOkResponse({ type: LoggedOutView })
  @ApiProblems(422)
  async logout(
    @CurrentUser() user: SessionUser,
    @Body() body: Logout,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoggedOutView> {
    if (user.sessionId !== null) await this.sessions.end(user, user.sessionId);
    if (body.refresh_token !== undefined) await this.sessions.endOf(user, body.refresh_token);
    this.cookies.clearSession(reply);
    return { ok: true };
  }

  @Get('me')
  @Allow(READERS)
  @BrowserSession()
  @ApiOperation({ summary: 'Who the caller is, and in which organisations' })
  @ApiOkResponse({ type: MeView })
  async me(@CurrentUser() user: SessionUser): Promise<MeView> {
    return meView(user, await this.users.listOrgs(user.userId));
  }

  @Patch('me')
  @Allow(READERS)
  @BrowserSession()
  @ApiOperation({ summary: 'Change the own name, which is the same in all organisations' })
  @ApiOkResponse({ type: MeView })
  @ApiProblems(400, 422)
  async rename(@CurrentUser() user: SessionUser, @Body() { full_name }: OwnName): Promise<MeView> {
    const { fullName } = await this.ownName.change(user, full_name);
    return meView({ ...user, fullName }, await this.users.listOrgs(user.userId));
  }
}
