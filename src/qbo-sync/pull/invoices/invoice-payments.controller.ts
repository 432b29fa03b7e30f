import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/allow.decorator.js';
import { BOOKKEEPERS, type AuthenticatedUser, READERS } from '../../../auth/authenticated-user.js';
import { CurrentUser } from '../../../auth/current-user.decorator.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ApiPageResponse, type Page, pageOf, PageQuery } from '../../../platform/http/page.dto.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import {
  InvoicePaymentView,
  invoicePaymentView,
  InvoiceVoidView,
  invoiceVoidView,
} from './invoice-payments.dto.js';
import { InvoicePaymentsService } from './invoice-payments.service.js';
import { InvoiceVoidService } from '../../push/invoices/invoice-void.service.js';

@ApiTags('QuickBooks')
@Controller()
export class InvoicePaymentsController {
  constructor(
    private readonly payments: InvoicePaymentsService,
    private readonly voids: InvoiceVoidService,
  ) {}

  @Get('proposals/:id/payments')
  @Allow(READERS)
  @ApiOperation({ summary: 'The QuickBooks payments applied to the invoice of a proposal, newest first' })
  @ApiPageResponse(InvoicePaymentView)
  @ApiProblems(400, 404, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<Page<InvoicePaymentView>> {
    return pageOf(await this.payments.list(orgId, id, query), query.limit, invoicePaymentView);
  }

  @Post('qbo/invoice/:proposal_id/void')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary:
      'Void the invoice of a proposal in QuickBooks, if no money is on it; the proposal can then be cancelled',
  })
  @ApiOkResponse({ type: InvoiceVoidView })
  @ApiProblems(400, 404, 409)
  async void(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
  ): Promise<InvoiceVoidView> {
    return invoiceVoidView(proposalId, await this.voids.void(orgId, proposalId));
  }
}
