import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/time/clock.js';
import { type Attempts, type Backoff, nextAttempt } from '../backoff.js';
import type { Lease } from '../leases/lease.js';
import { LeasesService } from '../leases/leases.service.js';

/** Why the other side did not take something. */
export interface DeliveryFailure {
  /** In words for people. */
  readonly problem: string;
  /** True where the same is not to be sent again. */
  readonly permanent: boolean;
}

/** How one kind of message leaves us. */
interface DeliveryParts<Sent, Failure extends DeliveryFailure> {
  send: () => Promise<Sent>;
  /** Of an error of the other side; null of any other, which the queue gets to see. */
  failureOf: (error: unknown) => Failure | null;
  /** What has failed with this attempt, should it fail, and when it is tried again then. */
  attempts: Attempts;
  backoff: Backoff;
  /** Writes down that it was taken. It and `onFailed` name the lease: whoever lost that changes nothing. */
  onTaken: (sent: Sent) => Promise<void>;
  /** Writes down a failure; without a next attempt it is given up. */
  onFailed: (failure: Failure, next: Date | null) => Promise<void>;
  /** What the log says of a failure, with the ids it is about. */
  unfinished: string;
  about: Record<string, string | number>;
}

/**
 * One attempt to send a message whose row is held: it is taken, or tried again by its back-off, or given up. Promise:
 * nothing is sent inside a transaction, and the row is held while it is sent.
 */
@Injectable()
export class DeliveriesService {
  private readonly logger = new Logger(DeliveriesService.name);

  constructor(
    private readonly leases: LeasesService,
    private readonly clock: Clock,
  ) {}

  async attempt<Sent, Failure extends DeliveryFailure>(
    lease: Lease,
    {
      send,
      failureOf,
      attempts,
      backoff,
      onTaken,
      onFailed,
      unfinished,
      about,
    }: DeliveryParts<Sent, Failure>,
  ): Promise<void> {
    let sent: Sent;
    try {
      sent = await this.leases.keep(lease, send);
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      const next = failure.permanent ? null : nextAttempt(backoff, attempts, this.clock.now(), 0);
      await onFailed(failure, next);
      this.logger.warn({ ...about, problem: failure.problem, givenUp: next === null }, unfinished);
      return;
    }
    await onTaken(sent);
  }
}
