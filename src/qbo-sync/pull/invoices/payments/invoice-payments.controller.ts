import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../../auth/access/authenticated-user.js';
import { READERS } from '../../../../auth/access/permissions.js';
import { CurrentUser } from '../../../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../../../platform/http/id.pipe.js';
import { ApiPageResponse, type Page, pageOf, PageQuery } from '../../../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../../../platform/http/problem.dto.js';
import { InvoicePaymentView } from './invoice-payments.dto.js';
import { invoicePaymentView } from './invoice-payments.view.js';
import { InvoicePaymentsService } from './invoice-payments.service.js';

@ApiTags('QuickBooks')
@Controller()
export class InvoicePaymentsController {
  constructor(private readonly payments: InvoicePaymentsService) {}

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
}
