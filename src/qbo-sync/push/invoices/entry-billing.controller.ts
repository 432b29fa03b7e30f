import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { StatedReason } from '../../../audit/stated-reason.dto.js';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS } from '../../../auth/access/permissions.js';
import { InvoiceDetailView } from '../../../invoices/invoice.dto.js';
import { invoiceDetailView } from '../../../invoices/invoice.view.js';
import { InvoicesService } from '../../../invoices/invoices.service.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { BilledEntryView } from './entry-billing.dto.js';
import { type BilledEntry, EntryBillingService } from './entry-billing.service.js';
import { billedEntryView } from './entry-billing.view.js';
import { InvoiceVoidService } from './void/invoice-void.service.js';

@ApiTags('Invoices')
@Controller()
export class EntryBillingController {
  constructor(
    private readonly billing: EntryBillingService,
    private readonly voids: InvoiceVoidService,
    private readonly invoices: InvoicesService,
  ) {}

  @Post('proposals/:id/contract/entries/:number/bill')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Bill an entry of a contract in QuickBooks; asking twice never makes two' })
  @ApiOkResponse({ type: BilledEntryView })
  @ApiAcceptedResponse({ type: BilledEntryView })
  @ApiProblems(400, 404, 409, 503)
  async bill(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Param('number', IdPipe) number: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BilledEntryView> {
    return this.answer(orgId, await this.billing.bill(orgId, id, number), reply);
  }

  @Post('invoices/:id/void')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Void an invoice in QuickBooks, if no money is on it; its amount can be billed again',
  })
  @ApiOkResponse({ type: InvoiceDetailView })
  @ApiProblems(400, 404, 409, 422, 503)
  async void(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { reason }: StatedReason,
  ): Promise<InvoiceDetailView> {
    await this.voids.voidInvoice(orgId, id, reason);
    return invoiceDetailView(await this.invoices.get(orgId, id));
  }

  @Post('invoices/:id/remake')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Make an invoice anew that was voided, deleted or refused; answers the new one' })
  @ApiOkResponse({ type: InvoiceDetailView })
  @ApiAcceptedResponse({ type: InvoiceDetailView })
  @ApiProblems(400, 404, 409, 503)
  async remake(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvoiceDetailView> {
    const made = await this.billing.remake(orgId, id);
    if (made.status === 'pending') reply.status(202);
    return invoiceDetailView(await this.invoices.get(orgId, made.invoiceId ?? id));
  }

  private async answer(orgId: number, billed: BilledEntry, reply: FastifyReply): Promise<BilledEntryView> {
    if (billed.status === 'pending') reply.status(202);
    const { invoiceId } = billed;
    return billedEntryView(billed, invoiceId === null ? null : await this.invoices.get(orgId, invoiceId));
  }
}
