import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { type CallLimits, callLimitsOf } from './call-limits.js';
import { LimitsRepository } from './limits.repository.js';
import type { QboOperation } from './operations.js';
import { NoPermit, PermitQueue } from './permit-queue.js';
import { QboError } from './qbo-error.js';

/**
 * Lets calls to QuickBooks out at the pace it allows, company by company, for all replicas together. A company that
 * QuickBooks told to wait is left alone by everybody until its time is over, and no other company is slowed by that.
 * Costs one statement a call at most: calls that wait together are asked for together.
 */
@Injectable()
export class CallPermits {
  private readonly queues = new Map<string, PermitQueue>();
  private readonly limits: CallLimits;

  constructor(
    private readonly repository: LimitsRepository,
    private readonly config: Config,
  ) {
    this.limits = callLimitsOf(config.qbo.requestsPerSecond, config.qbo.requestsPerMinute);
  }

  /**
   * Waits until this call may be sent, for as long as a call may last. Throws QboError `throttled` with the seconds to
   * wait, at once where the company is paused. Never call it inside a transaction: it takes a connection of its own.
   */
  async take(realmId: string, operation: QboOperation, batch: boolean): Promise<void> {
    try {
      await this.queueOf(realmId, batch).take(this.config.qbo.requestTimeoutMs);
    } catch (error) {
      if (error instanceof NoPermit) throw throttled(operation, error.blockedSeconds);
      throw error;
    }
  }

  /** QuickBooks answered 429: nobody calls this company for so many seconds. */
  async pause(realmId: string, seconds: number): Promise<void> {
    await this.repository.block(realmId, seconds);
  }

  /** Batches have a limit of their own and do not hold up other calls while they wait for it. */
  private queueOf(realmId: string, batch: boolean): PermitQueue {
    const key = batch ? `${realmId} batch` : realmId;
    const known = this.queues.get(key);
    if (known) return known;
    const queue = new PermitQueue((wanted) => this.repository.take(realmId, wanted, this.limits, batch));
    this.queues.set(key, queue);
    return queue;
  }
}

function throttled(operation: QboOperation, blockedSeconds: number): QboError {
  const retryAfterSeconds = Math.max(1, Math.ceil(blockedSeconds));
  const why =
    blockedSeconds > 0
      ? `QuickBooks asked to wait: this company is not called for another ${retryAfterSeconds} s.`
      : 'Too many calls to QuickBooks wait for this company.';
  return new QboError('throttled', why, { operation, retryAfterSeconds });
}
