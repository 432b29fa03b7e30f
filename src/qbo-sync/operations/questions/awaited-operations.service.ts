import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { OperationJobsService } from '../operation-jobs.service.js';
import type { OperationKind } from '../operation-payloads.js';
import { OperationTriesRepository } from '../rows/operation-tries.repository.js';
import { isInHand } from '../operation-state.js';
import type { OutboundOperation } from '../rows/operation.entity.js';
import { type NewOperation, OperationsRepository } from '../rows/operations.repository.js';
import { after } from '../../../platform/time/after.js';

/** After this long nobody waits for the answer any more. */
const RESUME_AFTER_MS = 60_000;

/**
 * Operations that somebody sends and waits for. Promise: where whoever began one died before it was over, its job goes
 * on with it a minute after it was begun.
 */
@Injectable()
export class AwaitedOperationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly clock: Clock,
  ) {}

  /**
   * The unfinished operation that does the same already, else a new generation. Where another caller stored that one
   * first, and it will do in place of this, it is theirs; else the next.
   */
  async begin<K extends OperationKind>(
    wanted: Omit<NewOperation<K>, 'generation' | 'nextAttemptAt'>,
    isSame: (operation: OutboundOperation<K>) => boolean,
    willDo = isSame,
  ): Promise<OutboundOperation<K>> {
    for (;;) {
      const operation = await this.beginOnce(wanted, isSame);
      const isOwn = operation.requestId === wanted.requestId;
      if (isOwn || (operation.realmId === wanted.realmId && willDo(operation))) return operation;
    }
  }

  private async beginOnce<K extends OperationKind>(
    wanted: Omit<NewOperation<K>, 'generation' | 'nextAttemptAt'>,
    isSame: (operation: OutboundOperation<K>) => boolean,
  ): Promise<OutboundOperation<K>> {
    const all = await this.tries.listOf(wanted.kind, wanted.orgId, wanted.entityId);
    const begun = all.find((one) => isInHand(one) && one.realmId === wanted.realmId && isSame(one));
    if (begun) return begun;
    const nextAttemptAt = after(this.clock.now(), RESUME_AFTER_MS);
    const generation = (all.at(-1)?.generation ?? 0) + 1;
    return this.dataSource.transaction(async (tx) => {
      const operation = await this.operations.insertOnce(tx, {
        ...wanted,
        generation,
        nextAttemptAt,
      });
      if (operation.requestId === wanted.requestId)
        await this.operationJobs.enqueue(tx, operation, nextAttemptAt);
      return operation;
    });
  }

  /** What is not over of what was begun in this company, oldest first: for the job that goes on with it. */
  async listUnfinished<K extends OperationKind>(
    kind: K,
    { orgId, realmId }: QboCompany,
    entityId: number,
  ): Promise<OutboundOperation<K>[]> {
    const all = await this.tries.listOf(kind, orgId, entityId);
    return all.filter((one) => isInHand(one) && one.realmId === realmId);
  }
}
