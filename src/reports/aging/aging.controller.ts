import { Readable } from 'node:stream';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { READERS } from '../../auth/access/permissions.js';
import { asCsv } from '../../platform/http/csv-reply.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { reportPosition } from '../report-cursor.js';
import { AgingQuery, AgingView } from './aging.dto.js';
import { AgingService } from './aging.service.js';
import { AGING_CSV_HEAD, agingCreditsCsv, agingRowsCsv, agingView } from './aging.view.js';

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
      'stand beside and lower nothing. `scope=company` reads the documents of the company once, at the ' +
      'first question. `limit` and `cursor` are about `group=invoice`; a CSV file has every row.',
  })
  @ApiOkResponse({ type: AgingView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 409, 422)
  async aging(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { as_of: asOf, scope, group, currency, format, limit, cursor }: AgingQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgingView | Readable> {
    const question = { asOf, scope, currency };
    if (format === 'csv') return this.csv(orgId, question, group, reply);
    if (group === 'customer') return agingView(await this.reports.report(orgId, question));
    return agingView(await this.reports.page(orgId, question, { limit, after: reportPosition(cursor) }));
  }

  private async csv(
    orgId: number,
    question: Parameters<AgingService['report']>[1],
    group: AgingQuery['group'],
    reply: FastifyReply,
  ): Promise<Readable> {
    const report =
      group === 'customer'
        ? await this.reports.report(orgId, question)
        : await this.reports.export(orgId, question);
    asCsv(reply, `aging-${report.head.asOf}.csv`);
    return Readable.from(csvOf(report));
  }
}

/** The rows, then the credits; no line of sums, so that a spreadsheet adds nothing twice. */
async function* csvOf(
  report: Awaited<ReturnType<AgingService['report'] | AgingService['export']>>,
): AsyncGenerator<string> {
  yield AGING_CSV_HEAD + agingRowsCsv(report.head, report.aging.rows);
  if ('batches' in report) for await (const rows of report.batches) yield agingRowsCsv(report.head, rows);
  yield agingCreditsCsv(report.head, report.aging.credits);
}
