import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { type RateLimits, rateLimitsOf, isStale } from './rate-limits.js';
import { RateLimitsRepository } from './rate-limits.repository.js';
import { isBatch, type QboEndpoint } from '../model/endpoints.js';
import type { QboCompany } from '../model/qbo-company.js';
import { NoRateToken, TokenQueue } from './token-queue.js';
import { QboError } from '../errors/qbo-error.js';

/**
 * Limits the calls to each company to the rate QuickBooks allows and to so many in flight, for all replicas together.
 * After a 429 every replica backs off from the company and then calls it at a smaller throttle share for a while; no
 * other company is slowed by that. Tokens for calls that wait together are taken together; each is released by itself.
 * How many are granted is decided in the database, by migrations/functions/take_rate_tokens.sql.
 */
@Injectable()
export class RateLimiterService {
  private readonly logger = new Logger('QuickBooks');
  private readonly queues = new Map<string, TokenQueue>();
  private readonly limits: RateLimits;

  constructor(
    private readonly repository: RateLimitsRepository,
    private readonly config: Config,
  ) {
    this.limits = rateLimitsOf(config.qbo);
  }

  /**
   * Waits until this call may be sent, for as long as a call may last, and sends it. Throws QboError `throttled` with
   * the seconds to wait, at once where the company is paused. Never call it inside a transaction: it takes a connection
   * of its own.
   */
  async limited<T>(realmId: string, operation: QboEndpoint, send: () => Promise<T>): Promise<T> {
    const lease = await this.lease(realmId, operation);
    try {
      return await send();
    } finally {
      await this.release(realmId, lease);
    }
  }

  /** QuickBooks answered 429: no replica calls this company for so many seconds. */
  async backOff({ orgId, realmId }: QboCompany, seconds: number): Promise<void> {
    await this.repository.backOff(realmId, seconds);
    for (const queue of this.queuesOf(realmId)) queue.backOff();
    this.logger.warn({ org_id: orgId, realm_id: realmId }, 'QuickBooks asks to wait; the company is paused');
  }

  /** The lease of a token for this instant. A stale one is released, and another taken. */
  private async lease(realmId: string, operation: QboEndpoint): Promise<string> {
    const queue = this.queueOf(realmId, isBatch(operation));
    const deadline = performance.now() + this.config.qbo.requestTimeoutMs;
    try {
      for (let stale = 0; ; stale += 1) {
        const { lease, askedAt } = await queue.take(deadline - performance.now());
        if (!isStale(performance.now() - askedAt, stale)) return lease;
        await this.release(realmId, lease);
      }
    } catch (error) {
      if (error instanceof NoRateToken) throw throttled(operation, error.blockedSeconds);
      throw error;
    }
  }

  /** Never throws: the answer of a call is worth more than its lease, which ends by itself. */
  private async release(realmId: string, lease: string): Promise<void> {
    try {
      await this.repository.release(realmId, lease);
    } catch (error) {
      this.logger.warn({ err: error, realm_id: realmId }, 'The lease of a call could not be released');
    }
    for (const queue of this.queuesOf(realmId)) queue.callEnded();
  }

  private queuesOf(realmId: string): TokenQueue[] {
    return [false, true].flatMap((batch) => this.queues.get(keyOf(realmId, batch)) ?? []);
  }

  /** Batches have a bucket of their own and do not hold up other calls while they wait for it. */
  private queueOf(realmId: string, batch: boolean): TokenQueue {
    const key = keyOf(realmId, batch);
    const known = this.queues.get(key);
    if (known) return known;
    const queue = new TokenQueue((wanted) => this.repository.take(realmId, wanted, this.limits, batch));
    this.queues.set(key, queue);
    return queue;
  }
}

function keyOf(realmId: string, batch: boolean): string {
  return batch ? `${realmId} batch` : realmId;
}

function throttled(operation: QboEndpoint, blockedSeconds: number): QboError {
  const retryAfterSeconds = Math.max(1, Math.ceil(blockedSeconds));
  const why =
    blockedSeconds > 0
      ? `QuickBooks asked to wait: this company is not called for another ${retryAfterSeconds} s.`
      : 'Too many calls to QuickBooks wait for this company.';
  return new QboError('throttled', why, { operation, retryAfterSeconds, unsent: true });
}
