import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { type Lease, LEASE_MS } from '../../jobs/leases/lease.js';
import { LeasesService } from '../../jobs/leases/leases.service.js';
import { forEachConcurrent } from '../../platform/concurrency/for-each-concurrent.js';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/time/clock.js';
import { QboError } from '../api/errors/qbo-error.js';
import { OperationAttemptsRepository } from './rows/operation-attempts.repository.js';
import { OperationClosingService } from './questions/operation-closing.service.js';
import type { OperationHandler, OperationRun, Outcome, WriteAnswer } from './operation-handler.js';
import { OPERATION_LEASE } from './rows/operation-lease.js';
import type { OperationKind } from './operation-payloads.js';
import { nextStep } from './operation-policy.js';
import type { OperationKey, OutboundOperation, PreparedOperation } from './rows/operation.entity.js';
import { nullWhereForgotten, OperationsRepository } from './rows/operations.repository.js';

const WAIT_STEP_MS = 100;
/** How many of a call that failed are looked for at the same time. */
const TROUBLED_AT_ONCE = 5;

interface HeldRun<K extends OperationKind, Made extends { id: string }> {
  /** Its place among the entries. */
  place: number;
  lease: Lease;
  operation: PreparedOperation<K>;
  handler: OperationHandler<K, Made>;
}

/**
 * Takes one operation as far as it gets. Promise: at most one worker at a time sends it; what was sent before is looked
 * for before it is sent again; a lost answer is never guessed.
 */
@Injectable()
export class OperationRunnerService {
  private readonly logger = new Logger(OperationRunnerService.name);

  constructor(
    private readonly operations: OperationsRepository,
    private readonly attempts: OperationAttemptsRepository,
    private readonly closing: OperationClosingService,
    private readonly leases: LeasesService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** `waits`: somebody is told what came of it, so that another worker that is at it is waited for. */
  async run<K extends OperationKind, Made extends { id: string }>(
    key: OperationKey,
    handler: OperationHandler<K, Made>,
    { waits = false } = {},
  ): Promise<Outcome<Made>> {
    const lease = await this.leases.take(OPERATION_LEASE, [key.orgId, key.id]);
    if (!lease) {
      if (waits) await this.waitFor(key).catch(nullWhereForgotten);
      return { kind: 'busy' };
    }
    const operation = await this.attempts.getHeld<K>(key, lease);
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
        else if (await this.attempts.markSent(run.operation)) sent.push(run);
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
      if (found) return await this.closing.succeed(operation, handler, found);
    } catch (error) {
      return this.closing.fail(operation, handler, toQboError(error), { inDoubt, wasSent: false });
    }
    const step = handler.versioned ? 'send' : nextStep(operation, this.clock.now());
    if (handler.cancelReason !== undefined && step !== 'wait')
      return this.closing.cancel(operation, handler.cancelReason);
    try {
      const anew = step === 'send' && !inDoubt ? await handler.outdated?.(operation) : null;
      if (anew) return await this.closing.takeBack(operation, anew);
    } catch (error) {
      return this.closing.fail(operation, handler, toQboError(error), { inDoubt, wasSent: false });
    }
    switch (step) {
      case 'send':
        return this.execute(operation, handler, inDoubt);
      case 'wait':
        return this.closing.postpone(operation, handler);
      case 'person':
        return this.closing.escalate(operation, handler, null);
    }
  }

  private async execute<K extends OperationKind, Made extends { id: string }>(
    operation: PreparedOperation<K>,
    handler: OperationHandler<K, Made>,
    inDoubt: boolean,
  ): Promise<Outcome<Made>> {
    if (!(await this.attempts.markSent(operation))) return { kind: 'busy' };
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
      return this.closing.succeed(operation, handler, answer.value, answer.intuitTid);
    }
    const found = answer.kind === 'uncertain' ? await this.look(operation, handler) : null;
    return found
      ? this.closing.succeed(operation, handler, found)
      : this.closing.fail(operation, handler, answer, { inDoubt, wasSent: true });
  }

  private async takeAll<K extends OperationKind, Made extends { id: string }>(
    entries: readonly OperationRun<K, Made>[],
  ): Promise<HeldRun<K, Made>[]> {
    const held: HeldRun<K, Made>[] = [];
    for (const [place, { key, handler }] of entries.entries()) {
      const lease = await this.leases.take(OPERATION_LEASE, [key.orgId, key.id]);
      if (lease) held.push({ place, lease, handler, operation: await this.attempts.getHeld<K>(key, lease) });
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
      const { orgId, id } = operation;
      this.logger.warn({ err: error, orgId, operation: id }, 'Could not ask what became of an operation');
      return null;
    });
  }
}

/** A failure that is not QuickBooks' own (a bug, the database) passes through. */
function toQboError(error: unknown): QboError {
  if (error instanceof QboError) return error;
  throw error;
}
