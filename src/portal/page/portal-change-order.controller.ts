import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors/domain-error.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApproveForm, readApproveForm } from '../approval/approve-form.dto.js';
import { ChangeOrderSigningService } from '../approval/change-order-signing.service.js';
import { CustomerPage, OwnForm } from './request/customer-page.decorator.js';
import { PageReplyService } from './request/page-reply.service.js';
import { PortalPageService } from './portal-page.service.js';

@Controller('portal/p/:token/change-orders')
@CustomerPage()
export class PortalChangeOrderController {
  constructor(
    private readonly pages: PortalPageService,
    private readonly signing: ChangeOrderSigningService,
    private readonly reply: PageReplyService,
  ) {}

  @Post(':number/approve')
  @OwnForm()
  @HttpCode(303)
  @ApiOperation({ summary: 'Approve a change order with the form of the page; twice is the same as once' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: ApproveForm })
  @ApiResponse({ status: 303, description: 'Approved: back to the page' })
  @ApiResponse({
    status: 409,
    description: 'The page again: the change is another by now, or cannot be approved',
  })
  @ApiResponse({
    status: 422,
    description: 'The page again: the name is missing, too long or cannot be read',
  })
  async approve(
    @Param('token') token: string,
    @Param('number', IdPipe) number: number,
    @Body() fields: Record<string, unknown> | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const again = { seen: false, returning: false };
    const read = readApproveForm(fields);
    if (!read.ok) {
      const changeProblem = { number, message: read.message, typedName: read.typedName };
      return this.reply.send(reply, 422, await this.pages.show(token, { ...again, changeProblem }));
    }
    const { name, version } = read.form;
    const signature = { name, version, ip: request.ip, userAgent: request.headers['user-agent'] };
    try {
      await this.signing.sign(token, number, signature);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      const notice =
        error.code === 'change_order_changed' ? error.message : 'This change cannot be approved now.';
      return this.reply.send(reply, 409, await this.pages.show(token, { ...again, notice }));
    }
    this.reply.lead(reply, this.pages.pathOf(token));
  }
}
