import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { retryOnConflict } from '../../../platform/database/failures/retry.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboError, QboErrorKind } from '../../api/errors/qbo-error.js';
import { OperationAttemptsRepository } from '../rows/operation-attempts.repository.js';
import { type Failure, failureOf } from '../rows/operation-failure.js';
import type { OperationHandler, Outcome } from '../operation-handler.js';
import { OperationInboxService } from './operation-inbox.service.js';
import { OperationJobsService } from '../operation-jobs.service.js';
import { ANSWERED_DIRECTLY, type OperationKind, type OperationPayload } from '../operation-payloads.js';
import { delayAfterMs, MAY_STILL_RUN_MS, stateAfter } from '../operation-policy.js';
import type { OperationState } from '../operation-state.js';
import type { OutboundOperation, PreparedOperation } from '../rows/operation.entity.js';
import { after } from '../../../platform/time/after.js';

/** How an attempt at an operation ends: done, to be tried again at a time, closed, or given to a person. */
@Injectable()
export class OperationClosingService {
  private readonly logger = new Logger(OperationClosingService.name);

  constructor(
    private readonly attempts: OperationAttemptsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly inbox: OperationInboxService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Closes one that QuickBooks has made, with what follows from it. Answers `busy` where it was closed already. */
  async succeed<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    made: Made,
    intuitTid?: string,
  ): Promise<Outcome<Made>> {
    const close = async (tx: EntityManager): Promise<boolean> => {
      await this.attempts.lockProposal(tx, operation);
      const first = await this.attempts.close(tx, operation, made.id, intuitTid);
      if (first) await handler.onSucceeded(tx, made, operation);
      const isAskedOn = (await handler.askOthers?.(tx, operation)) ?? false;
      if (!isAskedOn) await this.inbox.resolve(tx, operation);
      return first;
    };
    const closed = await retryOnConflict(() => this.dataSource.transaction(close));
    return closed ? { kind: 'done', made } : { kind: 'busy' };
  }

  /**
   * Releases it after a failure. Once an answer has been lost, a later refusal does not say what became of the lost
   * attempt: such an operation stays in doubt, or goes to a person. One that failed before it was sent, as nothing
   * could be asked about it, is an attempt as well: else it would be tried every other second for a whole outage.
   */
  async fail<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    error: QboError,
    { inDoubt, wasSent }: { inDoubt: boolean; wasSent: boolean },
  ): Promise<Outcome<Made>> {
    const attempts = wasSent ? operation.attempts : operation.attempts + 1;
    const plain = stateAfter(error.kind);
    if (inDoubt && plain === 'refused' && !handler.versioned) return this.escalate(operation, handler, error);
    const state = inDoubt && plain === 'ready' ? 'uncertain' : plain;
    // Of a versioned one it does not matter whether the lost attempt is still at work.
    const kind = handler.versioned && error.kind === 'uncertain' ? 'transient' : error.kind;
    const nextAttemptAt = after(this.clock.now(), delayAfterMs(kind, attempts, Math.random()));
    const anew = state === 'refused' ? (handler.anewAfter?.(error, operation) ?? null) : null;
    await this.release(operation, handler, state, failureOf(error), { attempts, nextAttemptAt }, anew);
    return { kind: 'open', state: anew === null ? state : 'waiting', error };
  }

  /** Closes what was cancelled and QuickBooks, as far as can be known, never made. */
  async cancel<Made>(operation: OutboundOperation, why: string): Promise<Outcome<Made>> {
    const now = this.clock.now();
    const failure: Failure = { kind: 'validation', message: why };
    await this.dataSource.transaction(async (tx) => {
      const { attempts } = operation;
      await this.attempts.release(tx, operation, 'refused', failure, { attempts, nextAttemptAt: now });
      await this.inbox.resolve(tx, operation);
    });
    return { kind: 'open', state: 'refused', error: null };
  }

  /** Has a request that was never sent made anew, from this. */
  async takeBack<K extends OperationKind, Made>(
    operation: PreparedOperation<K>,
    payload: OperationPayload<K>,
  ): Promise<Outcome<Made>> {
    await this.dataSource.transaction(async (tx) => {
      if (await this.attempts.takeBack(tx, operation, payload))
        await this.operationJobs.enqueue(tx, operation);
    });
    return { kind: 'open', state: 'waiting', error: null };
  }

  /** Releases it until QuickBooks can no longer be at work at it. */
  async postpone<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
  ): Promise<Outcome<Made>> {
    const { attempts, firstSentAt } = operation;
    const next = { attempts, nextAttemptAt: after(firstSentAt!, MAY_STILL_RUN_MS) };
    const message = 'QuickBooks did not answer; it may still be at work.';
    await this.release(operation, handler, 'uncertain', { kind: 'uncertain', message }, next);
    return { kind: 'open', state: 'uncertain', error: null };
  }

  /** Gives it to a person: what became of it cannot be found out safely. */
  async escalate<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    error: QboError | null,
  ): Promise<Outcome<Made>> {
    const message = 'QuickBooks never answered and shows no trace of it.';
    const failure: Failure = error ? failureOf(error) : { kind: 'uncertain', message };
    const { attempts } = operation;
    const next = { attempts, nextAttemptAt: this.clock.now() };
    await this.release(operation, handler, 'needs_person', failure, next);
    this.logger.error(
      {
        orgId: operation.orgId,
        operation: operation.id,
        kind: operation.kind,
        entity: operation.entityId,
        reason: failure.kind,
      },
      'An operation needs a person',
    );
    return { kind: 'open', state: 'needs_person', error };
  }

  /** What is tried again has its job, and what is not stands in the inbox, from the same moment on. */
  private async release<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    state: OperationState,
    failure: Failure,
    next: Pick<OutboundOperation, 'attempts' | 'nextAttemptAt'>,
    anew: OperationPayload<K> | null = null,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const released = await this.attempts.release(tx, operation, state, failure, next);
      if (!released) return;
      if (anew !== null) {
        await this.attempts.beginAnew(tx, operation, anew);
        return this.operationJobs.enqueue(tx, operation);
      }
      if (state !== 'refused' && state !== 'needs_person')
        return this.operationJobs.enqueue(tx, operation, next.nextAttemptAt);
      const isAnsweredDirectly = ANSWERED_DIRECTLY.has(operation.kind) && !handler.reported;
      if (isAnsweredDirectly || isAnswered(handler, failure)) return;
      await this.inbox.open(tx, operation, handler.subject, state, failure);
    });
  }
}

function isAnswered({ answered }: { answered?: readonly QboErrorKind[] }, { kind }: Failure): boolean {
  return answered?.some((one) => one === kind) ?? false;
}
