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
import { idPosition } from '../report-cursor.js';
import { ReceivedQuery, ReceivedReportView } from './received.dto.js';
import { ReceivedService } from './received.service.js';
import { RECEIVED_CSV_HEAD, receivedCsv, receivedFileName, receivedView } from './received.view.js';

@ApiTags('Reports')
@Controller('reports/received')
export class ReceivedController {
  constructor(private readonly received: ReceivedService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary:
      'What came in on invoices between two days, by card, by check or otherwise; today where none is named',
    description:
      'As the payments stand in QuickBooks, by their days there. Not in it: credits, which are no money; money on ' +
      'account, which is on no invoice; and what was paid online and is not recorded in QuickBooks yet, which ' +
      '`GET /payments` has; the answer says what else may be missing. A CSV file has every row, and is named ' +
      '`-incomplete` where something may be missing.',
  })
  @ApiOkResponse({ type: ReceivedReportView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 422)
  async report(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: ReceivedQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceivedReportView | Readable> {
    const { from, to, currency, customer_id: customerId, amount_cents: amountCents, limit, cursor } = query;
    const question = { from, to, currency, customerId, amountCents };
    if (query.format === 'json') {
      const window = { limit, after: idPosition(cursor) };
      return receivedView(await this.received.report(orgId, question, window));
    }
    const report = await this.received.export(orgId, question);
    asCsv(reply, receivedFileName(report));
    return Readable.from(csvOf(report));
  }
}

async function* csvOf(report: Awaited<ReturnType<ReceivedService['export']>>): AsyncGenerator<string> {
  yield RECEIVED_CSV_HEAD;
  for await (const rows of report.batches) yield receivedCsv(rows, report);
}
