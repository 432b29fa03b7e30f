import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/allow.decorator.js';
import { BOOKKEEPERS, type AuthenticatedUser, SELLERS } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { Config } from '../platform/config/config.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { CustomerSyncService } from './push/customers/customer-sync.service.js';
import { InvoiceCheckService } from './pull/invoices/invoice-check.service.js';
import { InvoiceCreationService } from './push/invoices/invoice-creation.service.js';
import { InvoicePollerService } from './pull/invoice-poller.service.js';
import {
  CreateInvoice,
  CustomerSyncView,
  InvoiceCheckView,
  InvoiceView,
  PendingInvoiceView,
  PollAllView,
} from './qbo-sync.dto.js';
import { customerSyncView, invoiceCheckView, invoiceView, pollAllView } from './qbo-sync.view.js';

@ApiTags('QuickBooks')
@Controller('qbo')
export class QboSyncController {
  constructor(
    private readonly customers: CustomerSyncService,
    private readonly checks: InvoiceCheckService,
    private readonly poller: InvoicePollerService,
    private readonly invoices: InvoiceCreationService,
    private readonly config: Config,
  ) {}

  @Post('sync/customer/:customer_id')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Make sure a customer is in QuickBooks as the CRM knows it' })
  @ApiOkResponse({ type: CustomerSyncView })
  @ApiProblems(400, 404)
  async syncCustomer(
    @CurrentUser() caller: AuthenticatedUser,
    @Param('customer_id', IdPipe) customerId: number,
  ): Promise<CustomerSyncView> {
    return customerSyncView(customerId, await this.customers.ensureInQbo(caller.orgId, customerId));
  }

  @Post('sync/invoice/poll_all')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Have every linked invoice of the organisation compared with QuickBooks' })
  @ApiOkResponse({ type: PollAllView })
  async pollAll(@CurrentUser() caller: AuthenticatedUser): Promise<PollAllView> {
    return pollAllView(await this.poller.pollAll(caller));
  }

  @Post('sync/invoice/:proposal_id/check')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Compare one invoice with QuickBooks now' })
  @ApiOkResponse({ type: InvoiceCheckView })
  @ApiProblems(400, 404)
  async check(
    @CurrentUser() caller: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
  ): Promise<InvoiceCheckView> {
    return invoiceCheckView(await this.checks.check(caller.orgId, proposalId));
  }

  @Post('invoice/:proposal_id')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Make the invoice of an approved proposal in QuickBooks; asking twice never makes two',
  })
  @ApiOkResponse({ type: InvoiceView })
  @ApiAcceptedResponse({ type: PendingInvoiceView })
  @ApiProblems(400, 404, 409, 503)
  async createInvoice(
    @CurrentUser() caller: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
    @Body() body: CreateInvoice,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvoiceView | PendingInvoiceView> {
    const creation = await this.invoices.create(caller.orgId, proposalId, { again: body?.again });
    if (creation.status === 'pending') {
      reply.status(202);
      return { status: 'pending', proposal_id: proposalId, detail: creation.reason };
    }
    return invoiceView(creation.status, creation.proposal, creation.company?.env ?? this.config.qbo.env);
  }
}
