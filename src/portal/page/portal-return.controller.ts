import { Controller, Get, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { AnswersPages } from '../../platform/http/decorators/answers-pages.decorator.js';
import { cookieName, isSecure } from '../../platform/http/cookies.js';
import { Public } from '../../platform/http/decorators/public.decorator.js';
import { PageReplyService } from './page-reply.service.js';
import { PortalPageFilter } from './portal-page.filter.js';
import { PortalPageService } from './portal-page.service.js';

/** Tells the way back to the page a customer left to pay, so that the payment provider need not know its address. */
export const RETURN_COOKIE = 'portal_page';
export const RETURN_SECONDS = 24 * 3600;

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
  @ApiResponse({ status: 303, description: "To the customer's page" })
  async back(
    @Query('session_id') sessionId: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const paid = typeof sessionId === 'string' ? sessionId : undefined;
    const name = cookieName(RETURN_COOKIE, isSecure(request, this.config.portalPublicUrl));
    this.reply.lead(reply, await this.pages.wayBack(request.cookies[name], paid));
  }
}
