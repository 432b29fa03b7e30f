import { Injectable } from '@nestjs/common';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboEndpoint } from '../../api/model/endpoints.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { OperationKind } from '../operation-payloads.js';
import { OperationsRepository } from '../rows/operations.repository.js';
import { requestIdIn } from '../request-mark.js';

interface Marked {
  id: string;
  privateNote: string | null;
}

interface Numbered extends Marked {
  docNumber: string | null;
  customerId: string;
  totalCents: number;
}

/**
 * What this CRM made in QuickBooks after the backup from which its database was restored: the mark is ours, and of no
 * operation here.
 */
@Injectable()
export class ForgottenDocumentsService {
  constructor(private readonly operations: OperationsRepository) {}

  /**
   * Whether the database was restored since this proposal was made, so that documents of it may not be known here.
   * `day`: of the money that one is of; what came later than the restore is in no document that was forgotten.
   */
  async mayExist(orgId: number, proposalId: number, day: CalendarDay | null = null): Promise<boolean> {
    return this.operations.wasRestoredSince(orgId, proposalId, day);
  }

  /** Those of these that are ours and not known here: what an operation has taken over is not taken a second time. */
  async among<T extends Marked>(company: QboCompany, kind: OperationKind, made: readonly T[]): Promise<T[]> {
    const ours = made.flatMap((document) => {
      const requestId = requestIdIn(document.privateNote);
      return requestId === null ? [] : [{ document, id: document.id, requestId }];
    });
    if (ours.length === 0) return [];
    const marks = ours.map(({ id, requestId }) => ({ id, requestId }));
    const known = await this.operations.knownDocuments(company, kind, marks);
    return ours.filter(({ id }) => !known.has(id)).map(({ document }) => document);
  }

  /**
   * The one of this customer among documents with the number of ours. Throws where there is only one that a bookkeeper
   * has put on another customer: one more would be one too many, and a person knows whose it is.
   */
  async numbered<T extends Numbered>(
    company: QboCompany,
    { proposalId, customerId }: { proposalId: number; customerId: string },
    bearers: readonly T[],
    { kind, operation }: { kind: OperationKind; operation: QboEndpoint },
  ): Promise<T | null> {
    if (!(await this.mayExist(company.orgId, proposalId))) return null;
    const standing = bearers.filter(({ totalCents }) => totalCents > 0);
    const ours = await this.among(company, kind, standing);
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
