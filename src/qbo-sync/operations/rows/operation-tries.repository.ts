import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { liveInvoiceSql } from '../../../invoices/invoice-state.js';
import { isFree } from '../../../jobs/leases/lease.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { type OperationKey, OutboundOperation } from './operation.entity.js';
import { OPERATION_LEASE } from './operation-lease.js';
import type { OperationKind } from '../operation-payloads.js';
import { askedAboutSql, inHandSql, maybeDoneSql, neverSentSql, stoppedSql } from '../operation-state.js';
import type { NewOperation } from './operations.repository.js';

/** Every generation of an operation, and the one that a person ended by matching the document. */
@Injectable()
export class OperationTriesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Every generation of an operation, oldest first. */
  async listOf<K extends OperationKind>(
    kind: K,
    orgId: number,
    entityId: number,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<OutboundOperation<K>[]> {
    const all = await tx.find(OutboundOperation, {
      where: { orgId, kind, entityId },
      order: { generation: 'ASC' },
    });
    return all as OutboundOperation<K>[];
  }

  /** Stores an operation that was found done. Null where another caller has stored that generation. */
  async insertDone<K extends OperationKind>(
    tx: EntityManager,
    done: NewOperation<K> & { qboId: string },
  ): Promise<OutboundOperation<K> | null> {
    const now = this.clock.now();
    const { orgId, kind, entityId, generation, requestId } = done;
    await tx
      .createQueryBuilder()
      .insert()
      .into(OutboundOperation)
      .values({
        ...(done as NewOperation),
        qboId: done.qboId,
        state: 'done',
        nextAttemptAt: now,
        createdAt: now,
        updatedAt: now,
      })
      .orIgnore()
      .updateEntity(false)
      .execute();
    const stored = await tx.findOneBy(OutboundOperation, { orgId, kind, entityId, generation, requestId });
    return stored as OutboundOperation<K> | null;
  }

  /** Forgets one that was never sent and that nobody holds. Answers whether it is forgotten. */
  async discardUnsent({ orgId, id }: OperationKey): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `delete from sync_operations
        where org_id = $1 and id = $2 and state = 'ready' and first_sent_at is null
          and (lease_until is null or lease_until < now())`,
      [orgId, id],
    );
    return count === 1;
  }

  /**
   * Leaves one to a person: whoever would take it up, by what they read before, finds that. Answers false where it goes
   * on by itself.
   */
  async leave(tx: EntityManager, { orgId, id }: OperationKey): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update sync_operations set payload = payload || '{"byPerson": true}', updated_at = $3
        where org_id = $1 and id = $2 and ${stoppedSql()}`,
      [orgId, id, this.clock.now()],
    );
    return count === 1;
  }

  /**
   * Whether one of them is in a worker's hands, or may be done in the company that is connected. None is taken up, or
   * tried anew, until the transaction ends.
   */
  async areUnderWay(
    tx: EntityManager,
    kind: OperationKind,
    orgId: number,
    entityId: number,
  ): Promise<boolean> {
    await tx.query(
      `select from sync_operations
        where org_id = $1 and kind = $2 and entity_id = $3 order by id for no key update`,
      [orgId, kind, entityId],
    );
    // After that: one that was begun by whoever had the locks is seen by a statement of its own.
    const [row] = await tx.query<[{ areUnderWay: boolean }]>(
      `select exists (
         select from sync_operations o
          where o.org_id = $1 and o.kind = $2 and o.entity_id = $3
            and (${inHandSql('o')} and not ${isFree({ until: 'o.lease_until' })}
              or ${maybeDoneSql('o')}
                 and exists (select from qbo_tokens t
                              where t.org_id = $1 and t.realm_id = o.realm_id and t.state <> 'disconnected'))
       ) as "areUnderWay"`,
      [orgId, kind, entityId],
    );
    return row.areUnderWay;
  }

  /**
   * Has what was put off, or was about to be sent, prepared from the beginning, with what a person wanted of the
   * invoice of a payment forgotten; not while a worker holds it, nor a refund that came after the open question was
   * last put, which is not about that.
   */
  async withdraw(
    tx: EntityManager,
    kind: 'payment.create' | 'refund.create' | 'credit.create',
    orgId: number,
    entityId: number,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'waiting', realm_id = null, updated_at = $4,
              payload = case when $2 = 'credit.create' then '{}' else payload - '{draft,insistedOn}'::text[] end
        where org_id = $1 and kind = $2 and entity_id = $3
          and ($2 <> 'refund.create' or ${askedAboutSql('sync_operations')})
          and (state = 'waiting' or ${neverSentSql()} and ${isFree(OPERATION_LEASE)})`,
      [orgId, kind, entityId, this.clock.now()],
    );
  }

  /**
   * Gives up what is not sent, since a person has said that it is not to be made; of a payment what one had tried
   * again: another goes on by itself since its invoice has come. A payment without its invoice keeps that for the
   * reason, so that it is asked about once that is there.
   */
  async giveUpUnsent(
    tx: EntityManager,
    kind: 'invoice.create' | 'payment.create',
    orgId: number,
    entityId: number,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'refused', error_detail = 'A person decided about it.', updated_at = $4,
              error_kind = case when kind = 'payment.create' and not exists (
                  select from payments p
                    join invoices i on i.org_id = p.org_id and i.proposal_id = p.proposal_id
                     and i.kind = p.invoice_kind and i.sequence = p.invoice_sequence
                   where p.org_id = $1 and p.id = $3 and i.qbo_invoice_id is not null and ${liveInvoiceSql('i')})
                then 'invoice_missing' else 'validation' end
        where org_id = $1 and kind = $2 and entity_id = $3 and ($2 <> 'payment.create' or generation > 1)
          and (state = 'waiting' or ${neverSentSql()} and ${isFree(OPERATION_LEASE)})`,
      [orgId, kind, entityId, this.clock.now()],
    );
  }

  /** Ties a finished operation to the document that a person entered in place of its own. */
  async replaceDocument(
    tx: EntityManager,
    { orgId, id }: Pick<OutboundOperation, 'orgId' | 'id'>,
    qboId: string,
  ): Promise<void> {
    await tx.query(
      `update sync_operations set qbo_id = $3, payload = payload - '{removed,deleted,heardOf}'::text[], updated_at = $4
        where org_id = $1 and id = $2 and state = 'done'`,
      [orgId, id, qboId, this.clock.now()],
    );
  }

  /**
   * True where an operation of ours made this document, or was tied to it. Whoever ties it has the answer to themselves
   * until the transaction ends, so that of two at once one finds it taken.
   */
  async isTaken(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    kind: OperationKind,
    qboId: string,
  ): Promise<boolean> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `document:${orgId}:${realmId}:${kind}:${qboId}`,
    ]);
    return tx.existsBy(OutboundOperation, { orgId, realmId, kind, qboId });
  }
}
