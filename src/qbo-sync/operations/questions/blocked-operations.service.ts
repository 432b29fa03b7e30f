import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../../platform/time/clock.js';
import type { QboError } from '../../api/errors/qbo-error.js';
import { type Failure, failureOf } from '../rows/operation-failure.js';
import { OperationInboxService } from './operation-inbox.service.js';
import { OperationJobsService } from '../operation-jobs.service.js';
import { delayAfterMs, stateAfter } from '../operation-policy.js';
import type { OutboundOperation } from '../rows/operation.entity.js';
import { OperationsRepository } from '../rows/operations.repository.js';
import { after } from '../../../platform/time/after.js';

/** Operations that have no request yet. */
@Injectable()
export class BlockedOperationsService {
  constructor(
    private readonly operations: OperationsRepository,
    private readonly operationJobs: OperationJobsService,
    private readonly inbox: OperationInboxService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Stores why a blocked operation could not be prepared, and when that is tried again, or that a person is needed. */
  async defer(operation: OutboundOperation, subject: string, error: QboError): Promise<void> {
    const state = stateAfter(error.kind) === 'refused' ? 'refused' : 'waiting';
    const delayMs = delayAfterMs(error.kind, operation.attempts + 1, Math.random());
    const next = after(this.clock.now(), delayMs);
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.operations.defer(tx, operation, state, failureOf(error), next))) return;
      if (state === 'waiting') return this.operationJobs.enqueue(tx, operation, next);
      await this.inbox.open(tx, operation, subject, state, failureOf(error));
    });
  }

  /** Cancels one that is still blocked, and leaves one that is not any more. */
  async cancel(operation: OutboundOperation, why: string): Promise<void> {
    await this.dataSource.transaction((tx) => this.cancelIn(tx, operation, why));
  }

  /**
   * Cancels one that may have been done where a person has looked for it, and closed the question without a document.
   * False while they are asked. It is never due in between: a worker would make it.
   */
  async cancelAnswered(operation: OutboundOperation, why: string): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      if (await this.inbox.isOpen(tx, operation)) return false;
      await this.operations.reopen(operation, tx);
      await this.cancelIn(tx, operation, why);
      return true;
    });
  }

  private async cancelIn(tx: EntityManager, operation: OutboundOperation, why: string): Promise<void> {
    const failure: Failure = { kind: 'validation', message: why };
    if (!(await this.operations.defer(tx, operation, 'refused', failure, this.clock.now()))) return;
    await this.inbox.resolve(tx, operation);
  }

  /** Closes the question about one that was refused, because nobody wants it any more. */
  async closeRefused(operation: OutboundOperation): Promise<void> {
    await this.dataSource.transaction((tx) => this.inbox.resolve(tx, operation));
  }
}
