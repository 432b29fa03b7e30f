import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExcludeEndpoint,
  ApiOperation,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { cookieName, isSecure } from '../../platform/http/cookies.js';
import { ApproveForm, readApproveForm } from '../approval/approve-form.dto.js';
import { CustomerApprovalService } from '../approval/customer-approval.service.js';
import { linkTokenIn } from '../links/link-token.js';
import { CustomerPage, OwnForm } from './request/customer-page.decorator.js';
import { PageReplyService } from './request/page-reply.service.js';
import { PortalPageService } from './portal-page.service.js';
import { RETURN_COOKIE, RETURN_SECONDS, returnCookieOf } from './portal-return.controller.js';

/** Why is between the company and its books: the customer is told whom to ask, and the page has it. */
const NOT_APPROVABLE =
  'This proposal cannot be approved at the moment. Please get in touch: whom to ask is at the end of this page.';

@Controller('portal/p/:token')
@CustomerPage()
export class PortalPageController {
  constructor(
    private readonly pages: PortalPageService,
    private readonly approval: CustomerApprovalService,
    private readonly reply: PageReplyService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({ summary: "The customer's page: the proposal, and what there is to do" })
  @ApiQuery({ name: 'paid', required: false, description: '1 after coming back from paying' })
  @ApiResponse({ status: 200, description: 'The page' })
  async show(
    @Param('token') token: string,
    @Query('paid') paid: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const exact = linkTokenIn(token);
    if (exact !== null && exact !== token) return this.reply.lead(reply, this.pages.pathOf(exact));
    const seen = request.method === 'GET' && request.headers['sec-purpose'] === undefined;
    this.reply.send(reply, 200, await this.pages.show(token, { seen, returning: paid === '1' }));
  }

  /** A form's address that is loaded anew, or a link with something at its end. Nothing is done by it. */
  @Get('*')
  @ApiExcludeEndpoint()
  below(@Param('token') token: string, @Res() reply: FastifyReply): void {
    const exact = linkTokenIn(token);
    if (exact === null) throw notFound('link', 'of this address');
    this.reply.lead(reply, this.pages.pathOf(exact));
  }

  @Post('approve')
  @OwnForm()
  @HttpCode(303)
  @ApiOperation({ summary: 'Approve the proposal with the form of the page; twice is the same as once' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: ApproveForm })
  @ApiResponse({ status: 303, description: 'Approved: back to the page' })
  @ApiResponse({
    status: 409,
    description: 'The page again: the proposal has changed, or cannot be approved',
  })
  @ApiResponse({
    status: 422,
    description: 'The page again: the name is missing, too long or cannot be read',
  })
  async approve(
    @Param('token') token: string,
    @Body() fields: Record<string, unknown> | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const read = readApproveForm(fields);
    if (!read.ok) {
      const problem = { message: read.message, typedName: read.typedName };
      const html = await this.pages.show(token, { seen: false, returning: false, problem });
      return this.reply.send(reply, 422, html);
    }
    const { name, version } = read.form;
    const signature = { name, version, ip: request.ip, userAgent: request.headers['user-agent'] };
    try {
      await this.approval.sign(token, signature);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      const notice = error.code === 'proposal_changed' ? error.message : NOT_APPROVABLE;
      const html = await this.pages.show(token, { seen: false, returning: false, notice });
      return this.reply.send(reply, 409, html);
    }
    this.reply.lead(reply, this.pages.pathOf(token));
  }

  @Post('pay')
  @OwnForm()
  @HttpCode(303)
  @ApiOperation({ summary: 'Go and pay the deposit' })
  @ApiResponse({
    status: 303,
    description: 'To the hosted payment page; to the page where there is nothing to pay',
  })
  @ApiResponse({ status: 503, description: 'A page: payments are not available at the moment' })
  async pay(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const started = await this.pages.startPayment(token);
    if (started === null) return this.reply.lead(reply, this.pages.pathOf(token));
    const secure = isSecure(request, this.config.portalPublicUrl);
    for (const name of [RETURN_COOKIE, returnCookieOf(started.proposalId)]) {
      void reply.setCookie(cookieName(name, secure), token, {
        path: secure ? '/' : new URL(`${this.config.portalPublicUrl}/return`).pathname,
        httpOnly: true,
        secure,
        sameSite: 'lax', // the way back from Stripe is a navigation from another site
        maxAge: RETURN_SECONDS,
      });
    }
    this.reply.lead(reply, started.url);
  }
}
