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
import { CashForecastQuery, CashForecastView, DsoQuery, DsoView } from './collections.dto.js';
import { CollectionsService } from './collections.service.js';
import { cashForecastView, dsoCsv, dsoView, FORECAST_CSV_HEAD, forecastCsv } from './collections.view.js';

@ApiTags('Reports')
@Controller('reports')
@Allow(READERS)
export class CollectionsController {
  constructor(private readonly collections: CollectionsService) {}

  @Get('dso')
  @ApiOperation({ summary: 'Days sales outstanding: what is owed, in days of invoicing' })
  @ApiOkResponse({ type: DsoView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(422)
  async dso(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { as_of, days, format }: DsoQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DsoView | string> {
    const report = await this.collections.dso(orgId, as_of, days);
    if (format === 'json') return dsoView(report, days);
    asCsv(reply, `dso-${report.asOf}.csv`);
    return dsoCsv(report);
  }

  @Get('cash-forecast')
  @ApiOperation({
    summary: 'When the money of open invoices is expected, week by week',
    description: '`weeks` are of all open invoices; `rows` are a page of them. A CSV file has every invoice.',
  })
  @ApiOkResponse({ type: CashForecastView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 422)
  async forecast(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { weeks, format, limit, cursor }: CashForecastQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CashForecastView | Readable> {
    if (format === 'json') {
      const window = { limit, after: reportPosition(cursor) };
      return cashForecastView(await this.collections.forecast(orgId, weeks, window));
    }
    const report = await this.collections.exportForecast(orgId, weeks);
    asCsv(reply, `cash-forecast-${report.today}.csv`);
    return Readable.from(csvOf(report));
  }
}

async function* csvOf({
  batches,
  environment,
}: Awaited<ReturnType<CollectionsService['exportForecast']>>): AsyncGenerator<string> {
  yield FORECAST_CSV_HEAD;
  for await (const rows of batches) yield forecastCsv(rows, environment);
}
