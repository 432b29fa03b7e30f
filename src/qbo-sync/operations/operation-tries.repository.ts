import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../platform/time/clock.js';
import type { QboCompany } from '../api/qbo-company.js';
import { OutboundOperation, type OperationKind } from './operation.entity.js';
import type { NewOperation } from './operations.repository.js';

/** Every try at a wish, and the one that a person ended by naming the document. */
@Injectable()
export class OperationTriesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Every generation of a wish, oldest first. */
  async listOf(kind: OperationKind, orgId: number, entityId: number): Promise<OutboundOperation[]> {
    return this.dataSource.manager.find(OutboundOperation, {
      where: { orgId, kind, entityId },
      order: { generation: 'ASC' },
    });
  }

  /** Writes down what was found done. Null where another caller has written that generation. */
  async insertDone(
    tx: EntityManager,
    done: NewOperation & { qboId: string },
  ): Promise<OutboundOperation | null> {
    const now = this.clock.now();
    const { orgId, kind, entityId, generation, requestId } = done;
    await tx
      .createQueryBuilder()
      .insert()
      .into(OutboundOperation)
      .values({ ...done, state: 'done', nextAttemptAt: now, createdAt: now, updatedAt: now })
      .orIgnore()
      .updateEntity(false)
      .execute();
    return tx.findOneBy(OutboundOperation, { orgId, kind, entityId, generation, requestId });
  }

  /** True where an operation of ours made this document, or was tied to it. */
  async isMade(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    kind: OperationKind,
    qboId: string,
  ): Promise<boolean> {
    return tx.existsBy(OutboundOperation, { orgId, realmId, kind, qboId });
  }
}
