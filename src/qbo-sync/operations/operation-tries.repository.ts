import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../time/clock.js';
import type { QboCompany } from '../client/qbo-company.js';
import { Operation, type OperationKind } from './operation.entity.js';
import type { NewOperation } from './operations.repository.js';

/** Every try at a wish, and the one that a person ended by naming the document. */
@Injectable()
export class OperationTriesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Every generation of a wish, oldest first. */
  async listOf(kind: OperationKind, orgId: number, entityId: number): Promise<Operation[]> {
    return this.dataSource.manager.find(Operation, {
      where: { orgId, kind, entityId },
      order: { generation: 'ASC' },
    });
  }

  /** Writes down what was found done. Null where another caller has written that generation. */
  async insertDone(tx: EntityManager, done: NewOperation & { qboId: string }): Promise<Operation | null> {
    const now = this.clock.now();
    const { orgId, kind, entityId, generation, requestId } = done;
    await tx
      .createQueryBuilder()
      .insert()
      .into(Operation)
      .values({ ...done, state: 'done', nextAttemptAt: now, createdAt: now, updatedAt: now })
      .orIgnore()
      .updateEntity(false)
      .execute();
    return tx.findOneBy(Operation, { orgId, kind, entityId, generation, requestId });
  }

  /** True where an operation of ours made this document, or was tied to it. */
  async isMade(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    kind: OperationKind,
    qboId: string,
  ): Promise<boolean> {
    return tx.existsBy(Operation, { orgId, realmId, kind, qboId });
  }
}
