import { Readable } from 'node:stream';
import { Body, Controller, Get, Param, Patch, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { READERS, SELLERS } from '../auth/access/permissions.js';
import { asCsv } from '../platform/http/csv-reply.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiPageResponse, type Page } from '../platform/http/lists/page.dto.js';
import { sortedPageOf } from '../platform/http/lists/sorted-page.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { InvoiceDetailView, InvoicesQuery, UpdateInvoice } from './invoice.dto.js';
import type { InvoiceRow } from './invoice-list.repository.js';
import { INVOICES_CSV_HEAD, invoiceDetailView, invoicesCsv } from './invoice.view.js';
import { InvoicesService } from './invoices.service.js';

@ApiTags('Invoices')
@Controller('invoices')
export class InvoiceListController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary: 'List the invoices of all proposals, by what is known of them, in either order',
    description: '`format=csv` answers a file of all that fit, without pages and lines.',
  })
  @ApiPageResponse(InvoiceDetailView)
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: InvoicesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<InvoiceDetailView> | Readable> {
    if (query.format === 'csv') {
      const batches = await this.invoices.export(orgId, query);
      asCsv(reply, 'invoices.csv');
      return Readable.from(csvOf(batches));
    }
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

async function* csvOf(batches: AsyncGenerator<InvoiceRow[]>): AsyncGenerator<string> {
  yield INVOICES_CSV_HEAD;
  for await (const invoices of batches) yield invoicesCsv(invoices);
}
