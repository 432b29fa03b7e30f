import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { READERS } from '../../auth/access/permissions.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { asCsv } from '../../platform/http/csv-reply.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { StatementQuery, StatementView } from './statement.dto.js';
import { StatementService } from './statement.service.js';
import { statementCsv, statementView } from './statement.view.js';

@ApiTags('Reports')
@Controller('customers/:id/statement')
export class StatementController {
  constructor(private readonly statements: StatementService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: "A customer's account: invoices, what settled them, and what is owed after each" })
  @ApiOkResponse({ type: StatementView })
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 404, 422)
  async statement(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Query() { from, to, format }: StatementQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StatementView | string> {
    const statement = await this.statements.statement(orgId, id, { from, to });
    if (format === 'json') return statementView(statement);
    asCsv(reply, `statement-${id}-${statement.to}.csv`);
    return statementCsv(statement);
  }
}
