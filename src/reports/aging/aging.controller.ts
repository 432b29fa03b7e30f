import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { READERS } from '../../auth/permissions.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { AgingQuery, AgingView } from './aging.dto.js';
import { AgingService } from './aging.service.js';
import { agingCsv, agingView } from './aging.view.js';

@ApiTags('Reports')
@Controller('reports/aging')
export class AgingController {
  constructor(private readonly reports: AgingService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary: 'Who owes what, by how late it is, at the end of a day',
    description:
      'Days late are those after the due day, by the boundaries of QuickBooks (0 is current, 30 is 1-30). Credits ' +
      'stand beside and lower nothing. `scope=company` reads the documents of the company once, at the first question.',
  })
  @ApiOkResponse({ type: AgingView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(409, 422)
  async aging(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { as_of, scope, group, currency, format }: AgingQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgingView | string> {
    const { head, aging } = await this.reports.report(orgId, { asOf: as_of, scope, group, currency });
    if (format === 'json') return agingView(head, aging);
    void reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="aging-${head.asOf}.csv"`);
    return agingCsv(aging);
  }
}
