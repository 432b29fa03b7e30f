import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../platform/database/statements/prepared.js';
import { getByKey } from '../../../platform/database/statements/find-by-key.js';
import { isFree, type Lease, renewStatement } from '../../../jobs/leases/lease.js';
import { Clock } from '../../../platform/time/clock.js';
import { NEW_REQUEST } from './new-request-sql.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { Failure } from './operation-failure.js';
import { OPERATION_LEASE } from './operation-lease.js';
import type { OperationKind, OperationPayload } from '../operation-payloads.js';
import { type OperationKey, OutboundOperation, type PreparedOperation } from './operation.entity.js';
import { neverSentSql, type OperationState } from '../operation-state.js';

/** The attempts at operations, by the worker that holds the lease: claimed, about to be sent, closed or released. */
@Injectable()
export class OperationAttemptsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The operation that its holder may work on now. */
  async getHeld<K extends OperationKind>(
    { orgId, id }: OperationKey,
    { token }: Lease,
  ): Promise<PreparedOperation<K>> {
    const operation = await getByKey(this.dataSource.manager, OutboundOperation, { orgId, id });
    operation.leaseToken = Number(token);
    return operation as PreparedOperation<K>;
  }

  /** Locks the proposal that it is about, if any, before its own row: the order in which everybody locks the two. */
  async lockProposal(tx: EntityManager, { orgId, proposalId }: OutboundOperation): Promise<void> {
    if (proposalId === null) return;
    await tx.query(prepared('select from leads where org_id = $1 and id = $2 for no key update'), [
      orgId,
      proposalId,
    ]);
  }

  /**
   * Notes that the request is about to leave, so that a crash from here on is known to be uncertain; its lease is as
   * long as a new one then. Answers false where it has passed to someone else, or is over: then nothing may be sent.
   */
  async markSent(operation: OutboundOperation): Promise<boolean> {
    const now = this.clock.now();
    return this.dataSource.transaction(async (tx) => {
      const [, renewed] = await tx.query<[unknown, number]>(prepared(renewStatement(OPERATION_LEASE)), [
        operation.orgId,
        operation.id,
        operation.leaseToken,
      ]);
      if (renewed === 0) return false;
      const [rows] = await tx.query<[{ attempts: number }[], number]>(
        prepared(`update sync_operations
            set state = 'sent', attempts = attempts + 1, first_sent_at = coalesce(first_sent_at, $4), updated_at = $4
          where org_id = $1 and id = $2 and lease_token = $3
          returning attempts`),
        [operation.orgId, operation.id, operation.leaseToken, now],
      );
      const sent = rows[0]!;
      await tx.query(
        prepared(
          'insert into sync_attempts (org_id, operation_id, attempt, started_at) values ($1, $2, $3, $4)',
        ),
        [operation.orgId, operation.id, sent.attempts, now],
      );
      operation.attempts = sent.attempts;
      operation.firstSentAt ??= now;
      return true;
    });
  }

  /**
   * Closes an operation with what came of it. Answers false where it was closed already. The lease does not matter
   * here: a holder that was too slow knows what QuickBooks made, and that is the truth whoever writes it.
   */
  async close(
    tx: EntityManager,
    operation: OutboundOperation,
    qboId: string,
    intuitTid?: string,
  ): Promise<boolean> {
    const now = this.clock.now();
    const [, count] = await tx.query<[unknown, number]>(
      prepared(`update sync_operations
          set state = 'done', qbo_id = $3, lease_until = null, error_kind = null, error_code = null,
              error_detail = null, updated_at = $4
        where org_id = $1 and id = $2 and state <> 'done'`),
      [operation.orgId, operation.id, qboId, now],
    );
    await this.finishAttempt(tx, operation, 'done', { intuitTid });
    return count === 1;
  }

  /**
   * Lets go of an operation after a failed attempt, with the reason and the time of the next one. One that failed
   * before anything was sent counts as well, as `attempts` says. Answers false where it has passed to someone else.
   */
  async release(
    tx: EntityManager,
    operation: OutboundOperation,
    state: OperationState,
    failure: Failure,
    { attempts, nextAttemptAt }: Pick<OutboundOperation, 'attempts' | 'nextAttemptAt'>,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update sync_operations
          set state = $4, first_sent_at = case when $4 = 'ready' then null else first_sent_at end, error_kind = $5,
              error_code = $6, error_detail = $7, intuit_tid = $8, next_attempt_at = $9, lease_until = null,
              updated_at = $10, attempts = $11
        where org_id = $1 and id = $2 and lease_token = $3 and state <> 'done'`,
      [
        operation.orgId,
        operation.id,
        operation.leaseToken,
        state,
        failure.kind,
        failure.code,
        failure.message,
        failure.intuitTid,
        nextAttemptAt,
        this.clock.now(),
        attempts,
      ],
    );
    const outcome = state === 'ready' ? 'not_sent' : state === 'uncertain' ? 'uncertain' : 'refused';
    await this.finishAttempt(tx, operation, outcome, failure);
    return count === 1;
  }

  /** Blocks it again before it was ever sent. Answers false where it has passed to someone else. */
  async takeBack<K extends OperationKind>(
    tx: EntityManager,
    { orgId, id, leaseToken }: OutboundOperation<K>,
    payload: OperationPayload<K>,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update sync_operations
          set state = 'waiting', realm_id = null, payload = $4, lease_until = null, next_attempt_at = $5,
              updated_at = $5
        where org_id = $1 and id = $2 and lease_token = $3 and state = 'ready' and first_sent_at is null`,
      [orgId, id, leaseToken, JSON.stringify(payload), this.clock.now()],
    );
    return count === 1;
  }

  /**
   * Blocks one again that holds its request for another company than this one and was never sent, to be prepared from
   * this; not while a worker holds it. Answers it as it is then.
   */
  async blockElsewhere<K extends OperationKind>(
    operation: OutboundOperation<K>,
    { realmId }: QboCompany,
    payload: OperationPayload<K>,
  ): Promise<OutboundOperation<K>> {
    const { orgId, id } = operation;
    await this.dataSource.query(
      `update sync_operations
          set state = 'waiting', realm_id = null, payload = $4, error_detail = null, next_attempt_at = $5,
              updated_at = $5
        where org_id = $1 and id = $2 and realm_id <> $3 and ${neverSentSql()} and ${isFree(OPERATION_LEASE)}`,
      [orgId, id, realmId, JSON.stringify(payload), this.clock.now()],
    );
    return (await getByKey(this.dataSource.manager, OutboundOperation, {
      orgId,
      id,
    })) as OutboundOperation<K>;
  }

  /** Blocks one that was just refused again, to be made from this in its company: what it changes has its id there. */
  async beginAnew<K extends OperationKind>(
    tx: EntityManager,
    { orgId, id }: OutboundOperation<K>,
    payload: OperationPayload<K>,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'waiting', first_sent_at = null, payload = $3, request_id = ${NEW_REQUEST},
              next_attempt_at = $4, updated_at = $4
        where org_id = $1 and id = $2 and state = 'refused'`,
      [orgId, id, JSON.stringify(payload), this.clock.now()],
    );
  }

  private async finishAttempt(
    tx: EntityManager,
    operation: OutboundOperation,
    outcome: 'done' | 'refused' | 'uncertain' | 'not_sent',
    { code, intuitTid }: { code?: string; intuitTid?: string },
  ): Promise<void> {
    await tx.query(
      prepared(`update sync_attempts
          set finished_at = $4, outcome = $5, error_code = $6, intuit_tid = $7
        where org_id = $1 and operation_id = $2 and attempt = $3 and outcome is null`),
      [operation.orgId, operation.id, operation.attempts, this.clock.now(), outcome, code, intuitTid],
    );
  }
}
