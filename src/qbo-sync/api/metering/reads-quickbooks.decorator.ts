import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { ASKED_READS, AskedReadsGuard } from './asked-reads.guard.js';

/**
 * A route that has QuickBooks read while its caller waits, or soon: so many metered reads as a rule. They are bounded
 * for an organisation and a day.
 */
export const ReadsQuickBooks = (reads: number): MethodDecorator =>
  applyDecorators(SetMetadata(ASKED_READS, reads), UseGuards(AskedReadsGuard), ApiProblems(429));
