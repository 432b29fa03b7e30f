import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { READERS } from '../../auth/access/permissions.js';
import { asCsv } from '../../platform/http/csv-reply.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { DeferredRevenueQuery, DeferredRevenueView, RevenueQuery, RevenueView } from './revenue.dto.js';
import { deferredCsv, deferredView, revenueCsv, revenueView } from './revenue.view.js';
import { RevenueReportService } from './revenue-report.service.js';

@ApiTags('Reports')
@Controller('reports')
@Allow(READERS)
export class RevenueController {
  constructor(private readonly reports: RevenueReportService) {}

  @Get('revenue')
  @ApiOperation({
    summary: 'What was earned, or received, between two days',
    description:
      'By the policy of each contract. Taxes are never revenue. What belongs to a closed month and was learned ' +
      'later counts in the first open one. Nothing adds up over currencies.',
  })
  @ApiOkResponse({ type: RevenueView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(422)
  async revenue(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { basis, by, from, to, item, format }: RevenueQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RevenueView | string> {
    const report = await this.reports.revenue(orgId, { basis, by, from, to, item });
    if (format === 'json') return revenueView(report);
    asCsv(reply, `revenue-${basis}-${report.from}-${report.to}.csv`);
    return revenueCsv(report);
  }

  @Get('deferred-revenue')
  @ApiOperation({
    summary: 'What is billed and not earned yet, from the beginning to the end of a month',
    description: 'The closing balance of a month is the opening balance of the next.',
  })
  @ApiOkResponse({ type: DeferredRevenueView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(422)
  async deferred(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { month: wanted, format }: DeferredRevenueQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeferredRevenueView | string> {
    const report = await this.reports.deferred(orgId, wanted);
    if (format === 'json') return deferredView(report);
    asCsv(reply, `deferred-revenue-${report.month}.csv`);
    return deferredCsv(report);
  }
}
