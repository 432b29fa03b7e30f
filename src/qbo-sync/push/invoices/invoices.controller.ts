import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { StatedReason } from '../../../audit/stated-reason.dto.js';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { BOOKKEEPERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { Config } from '../../../platform/config/config.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { InvoiceCreationService } from './create/invoice-creation.service.js';
import { InvoiceVoidService } from './void/invoice-void.service.js';
import { CreateInvoice, InvoiceView, InvoiceVoidView, PendingInvoiceView } from './invoices.dto.js';
import { invoiceView, invoiceVoidView } from './invoices.view.js';

@ApiTags('QuickBooks')
@Controller('qbo/invoice')
export class InvoicesController {
  constructor(
    private readonly invoices: InvoiceCreationService,
    private readonly voids: InvoiceVoidService,
    private readonly config: Config,
  ) {}

  @Post(':proposal_id')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Make the invoice of an approved proposal in QuickBooks; asking twice never makes two',
  })
  @ApiOkResponse({ type: InvoiceView })
  @ApiAcceptedResponse({ type: PendingInvoiceView })
  @ApiProblems(400, 404, 409, 422, 503)
  async createInvoice(
    @CurrentUser() user: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
    @Body() body: CreateInvoice,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvoiceView | PendingInvoiceView> {
    const creation = await this.invoices.create(user.orgId, proposalId, { again: body?.again });
    if (creation.status === 'pending') {
      reply.status(202);
      return { status: 'pending', proposal_id: proposalId, detail: creation.reason };
    }
    return invoiceView(creation.status, creation.invoice, creation.company?.env ?? this.config.qbo.env);
  }

  @Post(':proposal_id/void')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary:
      'Void the invoice of a proposal in QuickBooks, if no money is on it; the proposal can then be cancelled',
  })
  @ApiOkResponse({ type: InvoiceVoidView })
  @ApiProblems(400, 404, 409, 422)
  async void(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
    @Body() { reason }: StatedReason,
  ): Promise<InvoiceVoidView> {
    return invoiceVoidView(proposalId, await this.voids.void(orgId, proposalId, reason));
  }
}
