import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { READERS, SELLERS } from '../auth/access/permissions.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiPageResponse, type Page } from '../platform/http/lists/page.dto.js';
import { sortedPageOf } from '../platform/http/lists/sorted-page.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { InvoiceDetailView, InvoicesQuery, UpdateInvoice } from './invoice.dto.js';
import { invoiceDetailView } from './invoice.view.js';
import { InvoicesService } from './invoices.service.js';

@ApiTags('Invoices')
@Controller('invoices')
export class InvoiceListController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'List the invoices of all proposals, by what is known of them, in either order' })
  @ApiPageResponse(InvoiceDetailView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: InvoicesQuery,
  ): Promise<Page<InvoiceDetailView>> {
    return sortedPageOf(await this.invoices.list(orgId, query), query, invoiceDetailView);
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show an invoice with its lines' })
  @ApiOkResponse({ type: InvoiceDetailView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<InvoiceDetailView> {
    return invoiceDetailView(await this.invoices.get(orgId, id));
  }

  @Patch(':id')
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Choose whether the customer of an invoice is reminded of it' })
  @ApiOkResponse({ type: InvoiceDetailView })
  @ApiProblems(400, 404, 422)
  async update(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { reminders }: UpdateInvoice,
  ): Promise<InvoiceDetailView> {
    return invoiceDetailView(await this.invoices.chooseReminders(orgId, id, reminders));
  }
}
