import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OperationsRepository } from './operations.repository.js';
import { requestIdIn } from './request-mark.js';

/**
 * What this CRM made in QuickBooks after the backup from which its database was restored: the mark is ours, and of no
 * operation here.
 */
@Injectable()
export class ForgottenDocumentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
  ) {}

  /** Whether the database was restored since this proposal was made, so that documents of it may not be known here. */
  async mayExist(orgId: number, proposalId: number): Promise<boolean> {
    const [row] = await this.dataSource.query<{ restored: boolean }[]>(
      `select exists (
         select from leads l join qbo_tokens t on t.org_id = l.org_id
          where l.org_id = $1 and l.id = $2 and l.created_at < t.restored_at) as restored`,
      [orgId, proposalId],
    );
    return row!.restored;
  }

  /** Those of these that are ours and not known here. */
  async among<T extends { privateNote: string | null }>(orgId: number, made: readonly T[]): Promise<T[]> {
    const marks = made.flatMap(({ privateNote }) => requestIdIn(privateNote) ?? []);
    if (marks.length === 0) return [];
    const known = await this.operations.knownRequests(orgId, marks);
    return made.filter(({ privateNote }) => {
      const requestId = requestIdIn(privateNote);
      return requestId !== null && !known.has(requestId);
    });
  }
}
