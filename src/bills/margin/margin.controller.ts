import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS } from '../../auth/access/permissions.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { asCsv } from '../../platform/http/csv-reply.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { MarginQuery, MarginReportView, MarginView } from './margin.dto.js';
import { MarginService } from './margin.service.js';
import { marginCsv, marginReportJson, marginView } from './margin.view.js';

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
  @ApiOperation({
    summary: 'The margin of each job, by what was earned in these days and the days of its costs',
    description:
      'Revenue is earned by the policy of each contract. What is not known is null, and `unknown` says what.',
  })
  @ApiOkResponse({ type: MarginReportView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(409, 422)
  async report(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { from, to, format }: MarginQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const report = await this.margins.report(orgId, from, to);
    if (format === 'csv') asCsv(reply, 'margin.csv');
    else void reply.header('content-type', 'application/json; charset=utf-8');
    return Readable.from(format === 'csv' ? marginCsv(report) : marginReportJson(report));
  }
}
