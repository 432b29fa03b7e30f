import { Injectable } from '@nestjs/common';
import { OperationsRepository } from './operations.repository.js';
import { requestIdIn } from './request-mark.js';

/**
 * What this CRM made in QuickBooks after the backup from which its database was restored: the mark is ours, and of no
 * operation here.
 */
@Injectable()
export class ForgottenDocumentsService {
  constructor(private readonly operations: OperationsRepository) {}

  /** Whether the database was restored since this proposal was made, so that documents of it may not be known here. */
  async mayExist(orgId: number, proposalId: number): Promise<boolean> {
    return this.operations.wasRestoredSince(orgId, proposalId);
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
