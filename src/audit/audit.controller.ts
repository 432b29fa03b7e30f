import { Readable } from 'node:stream';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { ADMINS } from '../auth/access/permissions.js';
import { invalid } from '../platform/errors/domain-error.js';
import { asCsv } from '../platform/http/csv-reply.js';
import { afterId, ApiPageResponse, type Page, pageOf } from '../platform/http/lists/page.dto.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import type { AuditEntry, AuditFilter } from './audit-entry.js';
import { AuditLogService, EXPORT_ENTRIES_MAX } from './audit-log.service.js';
import { AuditEntryView, AuditQuery } from './audit.dto.js';
import { AUDIT_CSV_HEAD, auditCsvLine, auditEntryView, auditFilterOf, isReversed } from './audit.view.js';

@ApiTags('Audit')
@Controller('audit')
@Allow(ADMINS)
export class AuditController {
  constructor(private readonly log: AuditLogService) {}

  @Get()
  @ApiOperation({
    summary: 'Who did what, from where, with the values before and after; newest first',
    description:
      '`format=csv` answers a file of all entries that fit, without pages, at most ' +
      `${EXPORT_ENTRIES_MAX}. That it was exported is an entry, too.`,
  })
  @ApiPageResponse(AuditEntryView)
  @ApiProduces('application/json', 'text/csv')
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() query: AuditQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<AuditEntryView> | Readable> {
    const filter = filterOf(query);
    if (query.format === 'csv') {
      const batches = await this.log.export(orgId, filter);
      asCsv(reply, 'audit.csv');
      return Readable.from(csvOf(batches));
    }
    const entries = await this.log.list(orgId, filter, query.limit, afterId(query));
    return pageOf(entries, query.limit, auditEntryView);
  }
}

function filterOf(query: AuditQuery): AuditFilter {
  const filter = auditFilterOf(query);
  if (!filter) throw invalid([{ field: 'from', message: 'from and to must be dates of the calendar' }]);
  if (isReversed(filter)) throw invalid([{ field: 'to', message: 'to must be after from' }]);
  return filter;
}

async function* csvOf(batches: AsyncGenerator<AuditEntry[]>): AsyncGenerator<string> {
  yield AUDIT_CSV_HEAD;
  for await (const batch of batches) yield batch.map(auditCsvLine).join('');
}
