import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { forCustomer } from '../../messages/inbox-reasons.js';
import { Config } from '../../platform/config/config.js';
import { retryOnConflict } from '../../platform/database/retry.js';
import { Clock } from '../../platform/time/clock.js';
import type { CallResult } from '../api/pipeline/qbo-http-pipeline.service.js';
import { QboError, type QboErrorKind } from '../api/errors/qbo-error.js';
import { type Lease, LEASE_MS } from '../../jobs/lease.js';
import { forEachConcurrent } from '../../platform/concurrency/for-each-concurrent.js';
import { LeasesService } from '../../jobs/leases.service.js';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import {
  type OutboundOperation,
  type OperationState,
  type PreparedOperation,
  subjectOf,
} from './operation.entity.js';
import { ANSWERED_DIRECTLY, type OperationKind } from './operation-payloads.js';
import { adviceFor } from './operation-advice.js';
import { delayAfterMs, MAY_STILL_RUN_MS, nextStep, stateAfter } from './operation-policy.js';
import { OperationJobsService } from './operation-jobs.service.js';
import {
  type Failure,
  failureOf,
  OPERATION_LEASE,
  type OperationKey,
  OperationsRepository,
} from './operations.repository.js';

const LEASE_LEFT_TO_SEND_MS = 5_000;
const WAIT_STEP_MS = 100;
/** How many of a call that failed are looked for at the same time. */
const TROUBLED_AT_ONCE = 5;

/** How one kind of operation is done. */
export interface OperationHandler<K extends OperationKind, Made extends { id: string }> {
  /** What it is about, for people: `The invoice of proposal 7 over $3,092.03`. */
  readonly subject: string;
  /** Why it was cancelled, where it was: what was sent is still looked for, and nothing more is sent. */
  readonly cancelReason?: string;
  /** Failures that its caller deals with at once: they open no inbox item. */
  readonly answered?: readonly QboErrorKind[];
  /** A refusal opens an inbox item although the callers of its kind report theirs. */
  readonly reported?: boolean;
  /** True where the request names a version, so that a second sending of one that was done changes nothing. */
  readonly versioned?: boolean;
  /** It is looked for before it is sent for the first time, too. */
  readonly looksFirst?: boolean;
  /** What an earlier attempt of this very operation made, if QuickBooks has it. Reads only. */
  find(operation: PreparedOperation<K>): Promise<Made | null>;
  /** Sends it, once, under the operation's request id. */
  execute(operation: PreparedOperation<K>): Promise<CallResult<Made>>;
  /** Stores the outcome, in the transaction that closes the operation; again where PostgreSQL asks for it anew. */
  onSucceeded(tx: EntityManager, made: Made, operation: PreparedOperation<K>): Promise<void>;
}

/** One of several operations that are run together. */
export interface OperationRun<K extends OperationKind, Made extends { id: string }> {
  key: OperationKey;
  handler: OperationHandler<K, Made>;
}

interface HeldRun<K extends OperationKind, Made extends { id: string }> {
  /** Its place among the entries. */
  place: number;
  lease: Lease;
  operation: PreparedOperation<K>;
  handler: OperationHandler<K, Made>;
}

/** What QuickBooks answered to one write. */
export type WriteAnswer<Made> = CallResult<Made> | QboError;

export type Outcome<Made> =
  | { kind: 'done'; made: Made }
  /** Another worker holds it, or it is finished already: read the row. */
  | { kind: 'busy' }
  /** Not done; `error` says why where this attempt found out. */
  | { kind: 'open'; state: OperationState; error: QboError | null };

/**
 * Takes one operation as far as it gets. Promise: at most one worker at a time sends it; what was sent before is looked
 * for before it is sent again; a lost answer is never guessed.
 */
@Injectable()
export class OperationRunnerService {
  private readonly logger = new Logger(OperationRunnerService.name);

  constructor(
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly leases: LeasesService,
    private readonly inbox: InboxRepository,
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async run<K extends OperationKind, Made extends { id: string }>(
    key: OperationKey,
    handler: OperationHandler<K, Made>,
  ): Promise<Outcome<Made>> {
    const lease = await this.leases.take(OPERATION_LEASE, [key.orgId, key.id]);
    if (!lease) return { kind: 'busy' };
    const operation = await this.operations.getHeld<K>(key, lease);
    return this.leases.keep(lease, () => this.attempt(operation, handler));
  }

  /**
   * Runs operations whose requests go out in one call. `send` gets those that are sent now and answers each by its id;
   * a call that fails as a whole is the answer to each. One that may have been done before goes its own way.
   */
  async runTogether<K extends OperationKind, Made extends { id: string }>(
    entries: readonly OperationRun<K, Made>[],
    send: (operations: readonly PreparedOperation<K>[]) => Promise<ReadonlyMap<string, WriteAnswer<Made>>>,
  ): Promise<Outcome<Made>[]> {
    const outcomes = entries.map((): Outcome<Made> => ({ kind: 'busy' }));
    const held = await this.takeAll(entries);
    await this.keepAll(held, async () => {
      const sent: HeldRun<K, Made>[] = [];
      await forEachConcurrent(held, TROUBLED_AT_ONCE, async (run) => {
        if (run.operation.firstSentAt !== null)
          outcomes[run.place] = await this.attempt(run.operation, run.handler);
        else if (await this.operations.markSent(run.operation, LEASE_LEFT_TO_SEND_MS)) sent.push(run);
      });
      if (sent.length === 0) return;
      sent.sort((one, other) => one.place - other.place);
      const answers = await send(sent.map(({ operation }) => operation)).catch(toQboError);
      await forEachConcurrent(sent, TROUBLED_AT_ONCE, async ({ place, operation, handler }) => {
        const answer = answers instanceof QboError ? answers : answers.get(operation.id)!;
        outcomes[place] = await this.takeAnswer(operation, handler, answer, false);
      });
    });
    return outcomes;
  }

  /** Stores why a blocked operation could not be prepared, and when that is tried again, or that a person is needed. */
  async defer(operation: OutboundOperation, subject: string, error: QboError): Promise<void> {
    const state = stateAfter(error.kind) === 'refused' ? 'refused' : 'waiting';
    const delayMs = delayAfterMs(error.kind, operation.attempts + 1, Math.random());
    const next = new Date(this.clock.now().getTime() + delayMs);
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.operations.defer(tx, operation, state, failureOf(error), next))) return;
      if (state === 'waiting') return this.operationJobs.enqueue(tx, operation, next);
      await this.report(tx, operation, subject, state, failureOf(error));
    });
  }

  /** Cancels one that is still blocked. */
  async cancelPending(operation: OutboundOperation, why: string): Promise<void> {
    const failure: Failure = { kind: 'validation', message: why };
    await this.dataSource.transaction(async (tx) => {
      await this.operations.defer(tx, operation, 'refused', failure, this.clock.now());
      await this.inbox.resolveSubject(tx, operation.orgId, subjectOf(operation));
    });
  }

  /**
   * Waits while another worker holds the operation, for as long as one call may take; answers the row as it is then.
   */
  async waitFor(key: OperationKey): Promise<OutboundOperation> {
    const deadline = performance.now() + this.config.qbo.requestTimeoutMs + LEASE_MS;
    for (;;) {
      const { operation, held } = await this.operations.look(key);
      if (!held || performance.now() > deadline) return operation;
      await pause(WAIT_STEP_MS);
    }
  }

  private async attempt<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
  ): Promise<Outcome<Made>> {
    const inDoubt = operation.firstSentAt !== null;
    try {
      const found = inDoubt || handler.looksFirst ? await handler.find(operation) : null;
      if (found) return await this.succeed(operation, handler, found);
    } catch (error) {
      return this.fail(operation, handler, toQboError(error), inDoubt);
    }
    const step = handler.versioned ? 'send' : nextStep(operation, this.clock.now());
    if (handler.cancelReason !== undefined && step !== 'wait')
      return this.cancel(operation, handler.cancelReason);
    switch (step) {
      case 'send':
        return this.execute(operation, handler, inDoubt);
      case 'wait':
        return this.postpone(operation, handler);
      case 'person':
        return this.escalate(operation, handler, null);
    }
  }

  private async execute<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    inDoubt: boolean,
  ): Promise<Outcome<Made>> {
    if (!(await this.operations.markSent(operation, LEASE_LEFT_TO_SEND_MS))) return { kind: 'busy' };
    const answer = await handler.execute(operation).catch(toQboError);
    return this.takeAnswer(operation, handler, answer, inDoubt);
  }

  private async takeAnswer<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    answer: WriteAnswer<Made>,
    inDoubt: boolean,
  ): Promise<Outcome<Made>> {
    if (!(answer instanceof QboError)) {
      return this.succeed(operation, handler, answer.value, answer.intuitTid);
    }
    const found = answer.kind === 'uncertain' ? await this.look(operation, handler) : null;
    return found ? this.succeed(operation, handler, found) : this.fail(operation, handler, answer, inDoubt);
  }

  private async takeAll<K extends OperationKind, Made extends { id: string }>(
    entries: readonly OperationRun<K, Made>[],
  ): Promise<HeldRun<K, Made>[]> {
    const held: HeldRun<K, Made>[] = [];
    for (const [place, { key, handler }] of entries.entries()) {
      const lease = await this.leases.take(OPERATION_LEASE, [key.orgId, key.id]);
      if (lease)
        held.push({ place, lease, handler, operation: await this.operations.getHeld<K>(key, lease) });
    }
    return held;
  }

  private async keepAll(held: readonly { lease: Lease }[], work: () => Promise<void>): Promise<void> {
    const kept = held.reduce(
      (inner, { lease }) =>
        () =>
          this.leases.keep(lease, inner),
      work,
    );
    await kept();
  }

  /**
   * Right after a lost answer QuickBooks often has it already; a failure to ask leaves things as uncertain as they
   * were.
   */
  private async look<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
  ): Promise<Made | null> {
    return handler.find(operation).catch((error: unknown) => {
      this.logger.warn({ err: error, operation: operation.id }, 'Could not ask what became of an operation');
      return null;
    });
  }

  private async succeed<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    made: Made,
    intuitTid?: string,
  ): Promise<Outcome<Made>> {
    const close = async (tx: EntityManager): Promise<boolean> => {
      await this.operations.lockProposal(tx, operation);
      const first = await this.operations.close(tx, operation, made.id, intuitTid);
      if (first) await handler.onSucceeded(tx, made, operation);
      await this.inbox.resolveSubject(tx, operation.orgId, subjectOf(operation));
      return first;
    };
    const closed = await retryOnConflict(() => this.dataSource.transaction(close));
    return closed ? { kind: 'done', made } : { kind: 'busy' };
  }

  /**
   * Releases it after a failure. Once an answer has been lost, a later refusal does not say what became of the lost
   * attempt: such an operation stays in doubt, or goes to a person.
   */
  private async fail<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    error: QboError,
    inDoubt: boolean,
  ): Promise<Outcome<Made>> {
    const after = stateAfter(error.kind);
    if (inDoubt && after === 'refused' && !handler.versioned) return this.escalate(operation, handler, error);
    const state = inDoubt && after === 'ready' ? 'uncertain' : after;
    // Of a versioned one it does not matter whether the lost attempt is still at work.
    const kind = handler.versioned && error.kind === 'uncertain' ? 'transient' : error.kind;
    const delayMs = delayAfterMs(kind, operation.attempts, Math.random());
    const next = new Date(this.clock.now().getTime() + delayMs);
    await this.release(operation, handler, state, failureOf(error), next);
    return { kind: 'open', state, error };
  }

  /** Closes what was cancelled and QuickBooks, as far as can be known, never made. */
  private async cancel<Made>(operation: OutboundOperation, why: string): Promise<Outcome<Made>> {
    const now = this.clock.now();
    const failure: Failure = { kind: 'validation', message: why };
    await this.dataSource.transaction(async (tx) => {
      await this.operations.release(tx, operation, 'refused', failure, now);
      await this.inbox.resolveSubject(tx, operation.orgId, subjectOf(operation));
    });
    return { kind: 'open', state: 'refused', error: null };
  }

  private async postpone<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
  ): Promise<Outcome<Made>> {
    const next = new Date(operation.firstSentAt!.getTime() + MAY_STILL_RUN_MS);
    const message = 'QuickBooks did not answer; it may still be at work.';
    await this.release(operation, handler, 'uncertain', { kind: 'uncertain', message }, next);
    return { kind: 'open', state: 'uncertain', error: null };
  }

  private async escalate<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    error: QboError | null,
  ): Promise<Outcome<Made>> {
    const message = 'QuickBooks never answered and shows no trace of it.';
    const failure: Failure = error ? failureOf(error) : { kind: 'uncertain', message };
    await this.release(operation, handler, 'needs_person', failure, this.clock.now());
    this.logger.error(
      { operation: operation.id, kind: operation.kind, entity: operation.entityId, reason: failure.kind },
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
    next: Date,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const released = await this.operations.release(tx, operation, state, failure, next);
      if (!released) return;
      if (state !== 'refused' && state !== 'needs_person')
        return this.operationJobs.enqueue(tx, operation, next);
      const isAnsweredDirectly = ANSWERED_DIRECTLY.has(operation.kind) && !handler.reported;
      if (isAnsweredDirectly || isAnswered(handler, failure)) return;
      await this.report(tx, operation, handler.subject, state, failure);
    });
  }

  private async report(
    tx: EntityManager,
    operation: OutboundOperation,
    subject: string,
    state: 'refused' | 'needs_person',
    failure: Failure,
  ): Promise<void> {
    const who = forCustomer(await this.operations.customerName(tx, operation));
    await this.inbox.open(tx, {
      orgId: operation.orgId,
      subject: subjectOf(operation),
      code: failure.kind,
      qboCode: failure.code,
      reason: `${subject}${who}: ${failure.message}`,
      ...adviceFor(failure, state === 'needs_person'),
      proposalId: operation.proposalId,
      customerId: operation.kind.startsWith('customer.') ? operation.entityId : null,
      operationId: operation.id,
      intuitTid: failure.intuitTid,
    });
  }
}

function isAnswered({ answered }: { answered?: readonly QboErrorKind[] }, { kind }: Failure): boolean {
  return answered?.some((one) => one === kind) ?? false;
}

/** A failure that is not QuickBooks' own (a bug, the database) passes through. */
function toQboError(error: unknown): QboError {
  if (error instanceof QboError) return error;
  throw error;
}
