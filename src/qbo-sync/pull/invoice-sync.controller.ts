import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { BOOKKEEPERS, SELLERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { InvoicePollerService } from './invoice-poller.service.js';
import { InvoiceCheckView, PollAllView } from './invoice-sync.dto.js';
import { invoiceCheckView, pollAllView } from './invoice-sync.view.js';
import { InvoiceCheckService } from './invoices/invoice-check.service.js';
import { ReadsQuickBooks } from '../api/metering/reads-quickbooks.decorator.js';

@ApiTags('QuickBooks')
@Controller('qbo/sync/invoice')
export class InvoiceSyncController {
  constructor(
    private readonly poller: InvoicePollerService,
    private readonly checks: InvoiceCheckService,
  ) {}

  @Post('poll_all')
  @HttpCode(200)
  @ReadsQuickBooks(4)
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Have every linked invoice of the organisation compared with QuickBooks' })
  @ApiOkResponse({ type: PollAllView })
  async pollAll(@CurrentUser() user: AuthenticatedUser): Promise<PollAllView> {
    return pollAllView(await this.poller.pollAll(user));
  }

  @Post(':proposal_id/check')
  @HttpCode(200)
  @ReadsQuickBooks(1)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Compare one invoice with QuickBooks now' })
  @ApiOkResponse({ type: InvoiceCheckView })
  @ApiProblems(400, 404)
  async check(
    @CurrentUser() user: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
  ): Promise<InvoiceCheckView> {
    return invoiceCheckView(await this.checks.check(user.orgId, proposalId));
  }
}
