import { Controller, Get, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { AnswersPages } from '../../platform/http/decorators/answers-pages.decorator.js';
import { rowIdIn } from '../../platform/database/statements/row-id.js';
import { cookieName, isSecure } from '../../platform/http/cookies.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { PageReplyService } from './request/page-reply.service.js';
import { PortalPageFilter } from './request/portal-page.filter.js';
import { PortalPageService } from './portal-page.service.js';

/** Tells the way back to the page a customer left to pay, so that the payment provider need not know its address. */
export const RETURN_COOKIE = 'portal_page';
export const RETURN_SECONDS = 24 * 3600;

/** The same of one proposal: a browser may have left the pages of several to pay, each in a tab of its own. */
export function returnCookieOf(proposalId: number): string {
  return `${RETURN_COOKIE}_${proposalId}`;
}

@ApiTags('Portal')
@Controller('portal/return')
@AnswersPages()
@Public()
@UseFilters(PortalPageFilter)
export class PortalReturnController {
  constructor(
    private readonly pages: PortalPageService,
    private readonly reply: PageReplyService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Where the payment page leads a customer back to' })
  @ApiQuery({ name: 'session_id', required: false, description: 'Where the customer has paid' })
  @ApiQuery({
    name: 'left',
    required: false,
    description: 'The proposal whose payment page the customer left',
  })
  @ApiResponse({ status: 303, description: "To the customer's page" })
  async back(
    @Query('session_id') sessionId: unknown,
    @Query('left') left: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const secure = isSecure(request, this.config.portalPublicUrl);
    const tokenIn = (name: string): string | undefined => request.cookies[cookieName(name, secure)];
    const pages = {
      ofProposal: (id: number | undefined) => (id === undefined ? undefined : tokenIn(returnCookieOf(id))),
      last: tokenIn(RETURN_COOKIE),
    };
    const returned = {
      sessionId: typeof sessionId === 'string' ? sessionId : undefined,
      proposalId: rowIdIn(left) ?? undefined,
    };
    this.reply.lead(reply, await this.pages.wayBack(pages, returned));
  }
}
