import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import { BOOKKEEPERS, type Caller, READERS } from '../../auth/caller.js';
import { CurrentCaller } from '../../auth/current-caller.decorator.js';
import { IdPipe } from '../../http/id.pipe.js';
import { ApiPageResponse, type Page, pageOf, PageQuery } from '../../http/page.dto.js';
import { ApiProblems } from '../../http/problem.dto.js';
import {
  InvoicePaymentView,
  invoicePaymentView,
  InvoiceVoidView,
  invoiceVoidView,
} from './invoice-payments.dto.js';
import { InvoicePayments } from './invoice-payments.service.js';
import { InvoiceVoiding } from './invoice-voiding.service.js';

@ApiTags('QuickBooks')
@Controller()
export class InvoicePaymentsController {
  constructor(
    private readonly payments: InvoicePayments,
    private readonly voiding: InvoiceVoiding,
  ) {}

  @Get('proposals/:id/payments')
  @Allow(READERS)
  @ApiOperation({ summary: 'The QuickBooks payments applied to the invoice of a proposal, newest first' })
  @ApiPageResponse(InvoicePaymentView)
  @ApiProblems(400, 404, 422)
  async list(
    @CurrentCaller() { orgId }: Caller,
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
    @CurrentCaller() { orgId }: Caller,
    @Param('proposal_id', IdPipe) proposalId: number,
  ): Promise<InvoiceVoidView> {
    return invoiceVoidView(proposalId, await this.voiding.void(orgId, proposalId));
  }
}
