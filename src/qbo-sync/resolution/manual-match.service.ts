import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import { beingRetried, type FoundDocument } from '../../inbox/resolutions.service.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import { AskedReadsService } from '../api/metering/asked-reads.service.js';
import { foundOrNull } from '../api/errors/qbo-error.js';
import type { OutboundOperation } from '../operations/rows/operation.entity.js';
import type { OperationKind, OperationPayload } from '../operations/operation-payloads.js';
import { OperationTriesRepository } from '../operations/rows/operation-tries.repository.js';
import { isStopped } from '../operations/operation-state.js';

/** The document, and what it is compared with. */
const READS_TO_MATCH = 2;

/**
 * The part that is the same whatever is adopted: what was wanted becomes a finished operation of the next generation,
 * so that whoever wants to try it again at the same moment meets it there. Only one of the two can have that
 * generation.
 */
@Injectable()
export class ManualMatchService {
  constructor(
    private readonly tries: OperationTriesRepository,
    private readonly askedReads: AskedReadsService,
  ) {}

  /** Every try at it so far, newest last. Throws a conflict while it goes on by itself. */
  async triesAt<K extends OperationKind>(
    kind: K,
    orgId: number,
    entityId: number,
  ): Promise<[OutboundOperation<K>, ...OutboundOperation<K>[]]> {
    const all = await this.tries.listOf(kind, orgId, entityId);
    const newest = all.at(-1);
    if (!newest || !isStopped(newest)) throw goesOnByItself();
    return [newest, ...all.slice(0, -1)];
  }

  /**
   * Throws a conflict while it is on its way, or nobody knows whether it arrived: whoever closes the question, as they
   * have entered it by hand, had it twice. Part of their transaction.
   */
  async assertAtRest(tx: EntityManager, kind: OperationKind, orgId: number, entityId: number): Promise<void> {
    if (await this.tries.areUnderWay(tx, kind, orgId, entityId)) throw beingRetried();
  }

  /**
   * What QuickBooks says of the document. Throws a conflict where it has none of this id, and `too_many_reads` where
   * people of the organisation have asked for too much.
   */
  async read<T>({ orgId }: QboCompany, found: FoundDocument, ask: () => Promise<T>): Promise<T> {
    await this.askedReads.take(orgId, READS_TO_MATCH);
    const read = await foundOrNull(ask());
    if (read !== null) return read;
    throw new DomainError(
      'conflict',
      'document_not_found',
      `The connected QuickBooks company has no ${found.entity} ${found.id}. ` +
        'Its id is in the address of its page there.',
    );
  }

  /** Throws a conflict where the document is not plausible. */
  assertMatches(mismatch: string | null): void {
    if (mismatch !== null) {
      throw new DomainError('conflict', 'document_differs', `This is not what was wanted. ${mismatch}`);
    }
  }

  /**
   * Throws a conflict, which says this, where the document was made by an operation of ours or is tied to one. Nobody
   * else can tie it until the transaction ends.
   */
  async assertFree(
    tx: EntityManager,
    company: QboCompany,
    { kind, id }: { kind: OperationKind; id: string },
    taken: string,
  ): Promise<void> {
    if (await this.tries.isTaken(tx, company, kind, id))
      throw new DomainError('conflict', 'document_taken', taken);
  }

  /**
   * Puts the finished operation down, as part of the transaction that ties the document. Throws a conflict where
   * another try was first, or the one before was taken up while the document was read; from here on it never is.
   */
  async finish<K extends OperationKind>(
    tx: EntityManager,
    company: QboCompany,
    newest: OutboundOperation<K>,
    { id: qboId, payload }: { id: string; payload: OperationPayload<K> },
  ): Promise<OutboundOperation<K>> {
    if (!(await this.tries.leave(tx, newest))) throw goesOnByItself();
    const adopted = await this.tries.insertDone(tx, {
      orgId: company.orgId,
      realmId: company.realmId,
      kind: newest.kind,
      entityId: newest.entityId,
      proposalId: newest.proposalId ?? undefined,
      generation: newest.generation + 1,
      requestId: `hand-${randomUUID()}`,
      payload,
      qboId,
    });
    if (adopted) return adopted;
    throw beingRetried();
  }
}

export function goesOnByItself(): DomainError {
  return new DomainError(
    'conflict',
    'goes_on_by_itself',
    'It is being worked on at this moment, or done already. Look again in a minute.',
  );
}
