import { Controller, Get, HttpCode, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import { BrowserSession } from '../../auth/access/browser-session.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import type { SessionUser } from '../../auth/access/authenticated-users.service.js';
import { BOOKKEEPERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { StepUp, StepUpWhere } from '../../auth/access/step-up.decorator.js';
import { UsersService } from '../../auth/people/users.service.js';
import { wantsJson } from '../../platform/http/accepts.js';
import { HTML } from '../../platform/http/pages/html.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import type { Callback } from './connect.service.js';
import { badState, startOfOtherOrg } from './connect-refusals.js';
import { confirmPage } from './connection-page.js';
import { ConnectionPageFilter } from './connection-page.filter.js';
import { AuthorizationView, ConnectedView, DisconnectedView, StartConsentQuery } from './connection.dto.js';
import { connectedView } from './connection.view.js';
import { ConnectionService } from './connection.service.js';
import { ConsentBrowserService, wantedBy } from './consent/consent-browser.service.js';
import { ConsentCallbackService } from './consent/consent-callback.service.js';
import { ConsentResultService } from './consent/consent-result.service.js';
import { type AnsweredBrowser, ConsentService } from './consent/consent.service.js';

/** Where the callback leads a browser, so that no code stands in the address of a page. */
const RESULT_PATH = '/qbo/oauth/result';
/** Where a browser that did not begin is asked first. */
const CONFIRM_PATH = '/qbo/oauth/confirm';
const PAGE = { 'text/html': { schema: { type: 'string' as const } } };

@ApiTags('QuickBooks')
@Controller('qbo')
export class QboConnectionController {
  constructor(
    private readonly consents: ConsentService,
    private readonly callbacks: ConsentCallbackService,
    private readonly connections: ConnectionService,
    private readonly browser: ConsentBrowserService,
    private readonly results: ConsentResultService,
    private readonly users: UsersService,
  ) {}

  @Get('oauth/start')
  @StepUpWhere('`replace_company=true`')
  @Allow(BOOKKEEPERS)
  @BrowserSession()
  @UseFilters(ConnectionPageFilter)
  @ApiOperation({ summary: 'Go to QuickBooks and choose the company to connect' })
  @ApiFoundResponse({
    description: "To Intuit's consent page; a browser that is not signed in goes to sign in first",
  })
  @ApiOkResponse({ type: AuthorizationView, description: 'With `Accept: application/json`' })
  @ApiProblems(409, 422)
  async start(
    @CurrentUser() user: SessionUser,
    @Query() { replace_company, org_id: orgId = user.orgId }: StartConsentQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (orgId !== user.orgId) throw startOfOtherOrg(user);
    if (replace_company) this.browser.assertProven(user, request);
    const secret = this.browser.remember(request, reply);
    const { url } = await this.consents.begin(user, secret, replace_company);
    await (wantsJson(request.headers.accept)
      ? reply.send({ authorization_url: url })
      : reply.redirect(url, 302));
  }

  @Get('oauth/callback')
  @Public()
  @UseFilters(ConnectionPageFilter)
  @ApiOperation({ summary: 'Where QuickBooks sends the person back; only what a start of ours began counts' })
  @ApiQuery({ name: 'state', required: true })
  @ApiQuery({ name: 'code', required: false })
  @ApiQuery({ name: 'realmId', required: false })
  @ApiQuery({ name: 'error', required: false, example: 'access_denied' })
  @ApiExtraModels(ConnectedView)
  @ApiOkResponse({
    description: 'Connected, with `Accept: application/json`',
    content: { 'application/json': { schema: { $ref: getSchemaPath(ConnectedView) } } },
  })
  @ApiResponse({ status: 303, description: 'A browser: to the page that says what happened' })
  @ApiProblems(400, 409, 503)
  async callback(
    @Query() query: object,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (request.method === 'HEAD') {
      // Who looks at the headers alone, such as a scanner of links, connects nothing and uses no state up.
      await reply.send();
      return;
    }
    const answer = await this.callbacks.answer(query, await this.browser.visitOf(request, reply));
    if (answer.kind === 'connected') await reply.send(connectedView(answer.connected));
    else if (answer.kind === 'confirm') await this.leadToConfirmation(reply, query);
    else await this.leadToResult(reply, query);
  }

  @Get('oauth/confirm')
  @Allow(BOOKKEEPERS)
  @BrowserSession()
  @UseFilters(ConnectionPageFilter)
  @ApiOperation({
    summary: 'The page that asks, in a browser that did not begin the consent, whether to connect',
  })
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'The page', content: PAGE })
  @ApiProblems(400)
  async confirmation(
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = this.askedIn(request, user);
    const orgName = await this.consents.orgOfOpen(asked.state, user);
    if (orgName === null && (await this.results.isKnown(asked))) return this.leadToResult(reply, asked);
    if (orgName === null) throw badState();
    const { email } = await this.users.get(user.orgId, user.userId);
    await reply.type(HTML).send(confirmPage({ orgName, email }));
  }

  @Post('oauth/confirm')
  @HttpCode(303)
  @Allow(BOOKKEEPERS)
  @BrowserSession()
  @UseFilters(ConnectionPageFilter)
  @ApiOperation({ summary: 'The person who began the consent confirms it: the company is connected' })
  @ApiResponse({ status: 303, description: 'To the page that says what happened' })
  @ApiProblems(400, 409, 503)
  async confirm(
    @CurrentUser() person: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = this.askedIn(request, person);
    this.browser.forgetPending(reply);
    await this.callbacks.confirm(this.browser.pendingOf(request), asked, wantedBy(request));
    await this.leadToResult(reply, asked);
  }

  /** What a browser is asked to confirm, or was answered for a moment ago. */
  private askedIn<Person extends AuthenticatedUser | null>(
    request: FastifyRequest,
    person: Person,
  ): AnsweredBrowser & { person: Person } {
    const answered = this.browser.answeredOf(request);
    const state = this.browser.pendingOf(request).state ?? answered;
    return { state, browser: this.browser.secretOf(request), answered, person };
  }

  private async leadToConfirmation(reply: FastifyReply, callback: Callback): Promise<void> {
    this.browser.rememberPending(reply, callback);
    await reply.redirect(CONFIRM_PATH, 303);
  }

  private async leadToResult(reply: FastifyReply, { state }: Pick<Callback, 'state'>): Promise<void> {
    this.browser.rememberAnswer(reply, state as string);
    await reply.redirect(RESULT_PATH, 303);
  }

  @Get('oauth/result')
  @Public()
  @UseFilters(ConnectionPageFilter)
  @ApiOperation({ summary: 'The page that says what came of the consent this browser gave, for ten minutes' })
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'The page', content: PAGE })
  @ApiProblems(400)
  async result(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answered = this.browser.answeredOf(request);
    const { status, html } = await this.results.page({
      state: answered,
      browser: this.browser.secretOf(request),
      answered,
      person: null,
    });
    await reply.status(status).type(HTML).send(html);
  }

  @Post('disconnect')
  @HttpCode(200)
  @StepUp()
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Give the access to QuickBooks back; every link is kept for the next connection' })
  @ApiOkResponse({ type: DisconnectedView })
  async disconnect(@CurrentUser() { orgId }: AuthenticatedUser): Promise<DisconnectedView> {
    await this.connections.disconnect(orgId);
    return { status: 'disconnected' };
  }
}
