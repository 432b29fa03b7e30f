import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { BOOKKEEPERS } from '../../auth/permissions.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { MarginQuery, MarginReportView, MarginView } from './margin.dto.js';
import { MarginService } from './margin.service.js';
import type { Margin } from './margin.js';

@ApiTags('Reports')
@Controller()
@Allow(BOOKKEEPERS)
export class MarginController {
  constructor(private readonly margins: MarginService) {}

  @Get('proposals/:id/margin')
  @ApiOperation({ summary: 'What is left of an approved proposal when its costs are paid' })
  @ApiOkResponse({ type: MarginView })
  @ApiProblems(400, 404, 409)
  async margin(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<MarginView> {
    return marginView(await this.margins.ofProposal(orgId, id));
  }

  @Get('reports/margin')
  @ApiOperation({ summary: 'The margin of each job, by the days of its invoices and of its costs' })
  @ApiOkResponse({ type: MarginReportView })
  @ApiProblems(409, 422)
  async report(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { from, to }: MarginQuery,
  ): Promise<MarginReportView> {
    const { margins, totals } = await this.margins.report(orgId, from, to);
    return {
      rows: margins.map(marginView),
      totals: totals.map((total) => ({
        currency: total.currency,
        revenue_cents: total.revenueCents,
        cost_cents: total.costCents,
        fees_cents: total.feesCents,
        margin_cents: total.marginCents,
        unallocated_cents: total.unallocatedCents,
      })),
    };
  }
}

function marginView(margin: Margin): MarginView {
  return {
    proposal_id: margin.proposalId,
    currency: margin.currency,
    revenue_cents: margin.revenueCents,
    cost_cents: margin.costCents,
    fees_cents: margin.feesCents,
    margin_cents: margin.marginCents,
    margin_percent: margin.marginPercent,
    unallocated_cents: margin.unallocatedCents,
  };
}
