import { Injectable } from '@nestjs/common';
import { QboError } from '../api/errors/qbo-error.js';
import type { QboEndpoint } from '../api/model/endpoints.js';
import { OperationsRepository } from './operations.repository.js';
import { requestIdIn } from './request-mark.js';

interface Numbered {
  id: string;
  docNumber: string | null;
  customerId: string;
  privateNote: string | null;
}

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

  /**
   * The one of this customer among documents with the number of ours. Throws where there is only one that a bookkeeper
   * has put on another customer: one more would be one too many, and a person knows whose it is.
   */
  async ofCustomer<T extends Numbered>(
    orgId: number,
    customerId: string,
    bearers: readonly T[],
    operation: QboEndpoint,
  ): Promise<T | null> {
    const ours = await this.among(orgId, bearers);
    const same = ours.find((one) => one.customerId === customerId);
    if (same || ours.length === 0) return same ?? null;
    throw new QboError(
      'validation',
      `QuickBooks has ${ours[0]!.docNumber ?? ours[0]!.id}, which this CRM made before its database was restored, on ` +
        'another customer.',
      { operation },
    );
  }
}
