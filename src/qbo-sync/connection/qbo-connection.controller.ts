import { Controller, Get, HttpCode, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../../auth/allow.decorator.js';
import { BrowserSession } from '../../auth/browser-session.decorator.js';
import { BOOKKEEPERS, type AuthenticatedUser } from '../../auth/authenticated-user.js';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Public } from '../../platform/http/public.decorator.js';
import { ConnectService } from './connect.service.js';
import { connectedPage } from './connection-page.js';
import { ConnectionPageFilter } from './connection-page.filter.js';
import {
  AuthorizationView,
  ConnectedView,
  connectedView,
  DisconnectedView,
  StartConsentQuery,
} from './connection.dto.js';
import { ConnectionService } from './connection.service.js';
import { ConsentBrowserService } from './consent-browser.service.js';
import { ConsentService } from './consent.service.js';

const PAGE = { 'text/html': { schema: { type: 'string' as const } } };

@ApiTags('QuickBooks')
@Controller('qbo')
export class QboConnectionController {
  constructor(
    private readonly consents: ConsentService,
    private readonly connect: ConnectService,
    private readonly connections: ConnectionService,
    private readonly browser: ConsentBrowserService,
  ) {}

  @Get('oauth/start')
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
    @CurrentUser() caller: AuthenticatedUser,
    @Query() { replace_company }: StartConsentQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const secret = this.browser.remember(request, reply);
    const { url } = await this.consents.begin(caller, secret, replace_company);
    await (wantsJson(request) ? reply.send({ authorization_url: url }) : reply.redirect(url, 302));
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
    description: 'Connected: a page, or JSON with `Accept: application/json`',
    content: { 'application/json': { schema: { $ref: getSchemaPath(ConnectedView) } }, ...PAGE },
  })
  @ApiProblems(400, 409, 503)
  async callback(
    @Query() query: object,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const connected = await this.connect.finish(query, this.browser.secretOf(request));
    const { company, companyName } = connected;
    await (wantsJson(request)
      ? reply.send(connectedView(connected))
      : reply.type('text/html; charset=utf-8').send(connectedPage({ ...company, companyName })));
  }

  @Post('disconnect')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Give the access to QuickBooks back; every link is kept for the next connection' })
  @ApiOkResponse({ type: DisconnectedView })
  async disconnect(@CurrentUser() { orgId }: AuthenticatedUser): Promise<DisconnectedView> {
    await this.connections.disconnect(orgId);
    return { status: 'disconnected' };
  }
}

function wantsJson({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('application/json') && !accept.includes('text/html');
}
