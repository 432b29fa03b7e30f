import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, EntityNotFoundError } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { getByKey } from '../../../platform/database/statements/find-by-key.js';
import { insertOnce } from '../../../platform/database/statements/written-rows.js';
import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import { liveInvoiceSql } from '../../../invoices/invoice-state.js';
import type { CalendarDay } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Failure } from './operation-failure.js';
import type { OperationKind, OperationPayload, OperationRequests } from '../operation-payloads.js';
import { type OperationKey, OutboundOperation } from './operation.entity.js';
import { REQUEST_AFTER_REFUSAL } from './new-request-sql.js';
import { blockedSql, inHandSql, openOperationSql, stoppedSql } from '../operation-state.js';

export interface NewOperation<K extends OperationKind = OperationKind> {
  orgId: number;
  /** Null while it is blocked. */
  realmId: string | null;
  kind: K;
  entityId: number;
  proposalId?: number;
  generation: number;
  requestId: string;
  payload: OperationPayload<K>;
  state?: 'waiting' | 'held_back' | 'ready';
  /** When a worker may take it up; now, if left out. */
  nextAttemptAt?: Date;
}

/** Questions that trying it again answers, as it is to be made all the same, with what keeps the answer. */
const ANSWERED_BY_RETRY = {
  /** Whether the same money is in the books already. */
  refund_beside_credit: 'confirmed',
  credit_beside_refund: 'confirmed',
  /** Whether it gives back what is a credit of the customer's, and no income. */
  refund_on_account: 'onAccountConfirmed',
};

/** The outbox of writes to QuickBooks, but for the attempts at them. */
@Injectable()
export class OperationsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The operation as it is now, with its row locked until the transaction ends. */
  async getForUpdate<K extends OperationKind>(
    tx: EntityManager,
    { orgId, id }: Pick<OutboundOperation<K>, 'orgId' | 'id' | 'kind'>,
  ): Promise<OutboundOperation<K>> {
    const lock = { mode: 'for_no_key_update' } as const;
    return (await tx.findOneOrFail(OutboundOperation, {
      where: { orgId, id },
      lock,
    })) as OutboundOperation<K>;
  }

  /** The newest generation of an operation, if there is one. */
  async findNewest<K extends OperationKind>(
    kind: K,
    orgId: number,
    entityId: number,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<OutboundOperation<K> | null> {
    const newest = await tx.findOne(OutboundOperation, {
      where: { orgId, kind, entityId },
      order: { generation: 'DESC' },
    });
    return newest as OutboundOperation<K> | null;
  }

  /** The operation as it is, and whether somebody holds it at this moment. */
  async look({ orgId, id }: OperationKey): Promise<{ operation: OutboundOperation; held: boolean }> {
    const [row] = await this.dataSource.query<{ held: boolean }[]>(
      prepared(`select ${inHandSql()} and coalesce(lease_until > now(), false) as held
         from sync_operations where org_id = $1 and id = $2`),
      [orgId, id],
    );
    // After that: what its holder wrote as they let go of it is in it.
    const operation = await getByKey(this.dataSource.manager, OutboundOperation, { orgId, id });
    return { operation, held: row!.held };
  }

  /** Which of these documents of one kind are known to operations: by the request that made them, or taken over. */
  async knownDocuments(
    { orgId, realmId }: QboCompany,
    kind: OperationKind,
    made: readonly { id: string; requestId: string }[],
  ): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select d.id from jsonb_to_recordset($4::jsonb) as d(id text, "requestId" text)
        where exists (select from sync_operations o where o.org_id = $1 and o.request_id = d."requestId")
           or exists (select from sync_operations o
                       where o.org_id = $1 and o.realm_id = $2 and o.kind = $3 and o.qbo_id = d.id)`,
      [orgId, realmId, kind, JSON.stringify(made)],
    );
    return new Set(rows.map((row) => row.id));
  }

  /**
   * Whether the database was restored from a backup since this proposal was made, and on that day or later: a day of
   * any zone, so that the one after it may be the same.
   */
  async wasRestoredSince(orgId: number, proposalId: number, day: CalendarDay | null): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ restored: boolean }]>(
      prepared(`select exists (
         select from leads l join orgs o on o.id = l.org_id
          where l.org_id = $1 and l.id = $2 and l.created_at < o.restored_at
            and ($3::date is null or $3 <= (o.restored_at at time zone 'UTC')::date + 1)) as restored`),
      [orgId, proposalId, day],
    );
    return row.restored;
  }

  /** The payments for an invoice of a proposal that were recorded in QuickBooks: ours, and the one there. */
  async listRecordedPayments(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { proposalId, kind, sequence }: InvoiceKey & { proposalId: number },
  ): Promise<{ paymentId: number; qboPaymentId: string }[]> {
    return tx.query(
      prepared(`select o.entity_id as "paymentId", o.qbo_id as "qboPaymentId"
         from sync_operations o join payments p on p.org_id = o.org_id and p.id = o.entity_id
        where o.org_id = $1 and o.realm_id = $2 and o.proposal_id = $3 and o.kind = 'payment.create'
          and o.state = 'done' and p.invoice_kind = $4 and p.invoice_sequence = $5
        order by o.id`),
      [orgId, realmId, proposalId, kind, sequence],
    );
  }

  /** Stores an operation. Where another caller stored the same generation first, that one is answered. */
  async insertOnce<K extends OperationKind>(
    tx: EntityManager,
    operation: NewOperation<K>,
  ): Promise<OutboundOperation<K>> {
    const now = this.clock.now();
    const { orgId, kind, entityId, generation } = operation;
    const row = { nextAttemptAt: now, ...(operation as NewOperation), createdAt: now, updatedAt: now };
    const stored = await insertOnce(tx, OutboundOperation, row, { orgId, kind, entityId, generation });
    return stored as OutboundOperation<K>;
  }

  /**
   * Gives a blocked operation its company and its request. Answers it as it is then: another caller may have been
   * first, and where what the request was made from has changed since it was read, it is blocked still.
   */
  async prepare<K extends OperationKind>(
    operation: OutboundOperation<K>,
    realmId: string,
    request: OperationRequests[K],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<OutboundOperation<K>> {
    await tx.query(
      prepared(`update sync_operations set realm_id = $3, payload = $4, state = 'ready', updated_at = $5
        where org_id = $1 and id = $2 and ${blockedSql()} and payload = $6::jsonb`),
      [
        operation.orgId,
        operation.id,
        realmId,
        JSON.stringify(request),
        this.clock.now(),
        JSON.stringify(operation.payload),
      ],
    );
    const ready = await getByKey(tx, OutboundOperation, keyOf(operation));
    return ready as OutboundOperation<K>;
  }

  /**
   * Stores why the request of a blocked operation could not be prepared. Answers false where it is not blocked any
   * more.
   */
  async defer(
    tx: EntityManager,
    operation: OutboundOperation,
    state: 'waiting' | 'refused',
    failure: Failure,
    nextAttemptAt: Date,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update sync_operations
          set state = $3, attempts = attempts + 1, error_kind = $4, error_code = $5, error_detail = $6,
              intuit_tid = $7, next_attempt_at = $8, updated_at = $9
        where org_id = $1 and id = $2 and ${blockedSql()}`,
      [
        operation.orgId,
        operation.id,
        state,
        failure.kind,
        failure.code,
        failure.message,
        failure.intuitTid,
        nextAttemptAt,
        this.clock.now(),
      ],
    );
    return count === 1;
  }

  /**
   * Has a refused operation, or one that a person looked into, tried once more from the beginning: the latter under its
   * own key. Either is known not to have been done, so that nothing of it is waited for. One that a person has left to
   * themselves meanwhile stays as it is. Who is asked by one that is looked at once more has answered it all the same.
   * What names documents of a company stays with it: another one has a stranger's under the same ids.
   */
  async reopen(operation: OutboundOperation, tx: EntityManager = this.dataSource.manager): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'waiting', realm_id = case when kind = 'payment.apply' then realm_id end, first_sent_at = null,
              error_detail = null, next_attempt_at = $3,
              request_id = ${REQUEST_AFTER_REFUSAL}, updated_at = $3, payload = case when $4::jsonb ? error_kind
                             then payload || jsonb_build_object($4::jsonb ->> error_kind, true) else payload end
        where org_id = $1 and id = $2 and payload -> 'byPerson' is null
          and (${stoppedSql()} or state = 'waiting' and $4::jsonb ? error_kind)
          and payload -> 'amountCents' is distinct from '0'::jsonb`,
      [operation.orgId, operation.id, this.clock.now(), JSON.stringify(ANSWERED_BY_RETRY)],
    );
    Object.assign(operation, await getByKey(tx, OutboundOperation, keyOf(operation)));
  }

  /** Has one that was refused before it was sent looked at once more, whoever had left it, by the same transaction. */
  async askAnew(tx: EntityManager, { orgId, id }: OperationKey): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'waiting', error_detail = null, payload = payload - 'byPerson', next_attempt_at = $3,
              updated_at = $3
        where org_id = $1 and id = $2 and state = 'refused' and first_sent_at is null`,
      [orgId, id, this.clock.now()],
    );
  }

  /**
   * Takes up operations of a proposal that were refused because what they build on was missing, but for what a person
   * has decided about, or is asked whether it is there by hand: `LeftPaymentsService` asks that of a payment whose
   * question they have closed. `paymentId`: the payment that came into the books or onto an invoice; a refund of it
   * may be of money on account no more.
   */
  async unblock(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    paymentId: number | null = null,
  ): Promise<void> {
    await tx.query(
      prepared(`update sync_operations o
          set state = 'waiting', error_detail = null, next_attempt_at = $3, updated_at = $3
        where o.org_id = $1 and o.proposal_id = $2 and o.state = 'refused'
          and (o.error_kind in ('invoice_missing', 'invoice_gone', 'payment_missing')
               or o.error_kind = 'refund_on_account' and o.entity_id = $4)
          and o.payload -> 'byPerson' is null
          and (o.kind <> 'payment.create' or (
                 select n.closed_by is null and n.code <> 'payment_left' from inbox_items n
                  where n.org_id = $1 and n.subject = 'payment.create:' || o.entity_id
                  order by n.id desc limit 1) is not false)`),
      [orgId, proposalId, this.clock.now(), paymentId],
    );
  }

  /**
   * The same of payments whose invoices, and of refunds whose payments, are in a company that is connected again, as
   * long as a person is still asked about them: one who closed the item may have entered the document.
   */
  async unblockPayments(tx: EntityManager, orgId: number, realmId: string): Promise<void> {
    await tx.query(
      `update sync_operations o set state = 'waiting', error_detail = null, next_attempt_at = $3, updated_at = $3
        where o.org_id = $1 and o.state = 'refused'
          and (o.kind = 'payment.create' and o.error_kind = 'invoice_gone'
               and exists (select from invoices i
                            where i.org_id = $1 and i.proposal_id = o.proposal_id and i.qbo_realm_id = $2
                              and ${liveInvoiceSql('i')})
            or o.kind = 'refund.create' and o.error_kind = 'payment_elsewhere'
               and exists (select from sync_operations p
                            where p.org_id = $1 and p.kind = 'payment.create' and p.entity_id = o.entity_id
                              and p.state = 'done' and p.realm_id = $2))
          and exists (select from inbox_items n
                       where n.org_id = $1 and n.subject = o.kind || ':' || o.entity_id and n.state = 'open'
                         and n.code <> 'payment_left')`,
      [orgId, realmId, this.clock.now()],
    );
  }

  /** For what of a proposal something of this kind is neither done nor given up. */
  async listOpenOf(kind: OperationKind, orgId: number, proposalId: number): Promise<number[]> {
    const rows = await this.dataSource.query<{ id: number }[]>(
      prepared(`select distinct entity_id as id from sync_operations
        where org_id = $1 and proposal_id = $2 and kind = $3 and ${openOperationSql()}`),
      [orgId, proposalId, kind],
    );
    return rows.map(({ id }) => id);
  }

  /** Closes one whose document was linked by hand, in this company; not while a worker holds it. */
  async closeLinked(
    tx: EntityManager,
    { orgId, id }: OperationKey,
    { qboId, realmId }: { qboId: string; realmId: string },
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'done', qbo_id = $3, realm_id = coalesce(realm_id, $5), error_kind = null, error_code = null,
              error_detail = null, updated_at = $4
        where org_id = $1 and id = $2 and ${openOperationSql()}
          and (lease_until is null or lease_until < now())`,
      [orgId, id, qboId, this.clock.now(), realmId],
    );
  }
}

function keyOf({ orgId, id }: OperationKey): OperationKey {
  return { orgId, id };
}

/** A use of a credit memo is forgotten where its invoice was taken off the job: nobody is at it any more. */
export function nullWhereForgotten(error: unknown): null {
  if (error instanceof EntityNotFoundError) return null;
  throw error;
}
