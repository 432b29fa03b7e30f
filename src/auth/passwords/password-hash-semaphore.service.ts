import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors/domain-error.js';

const INSIDE_MAX = 2;
const WAITING_MAX = 500;
const WAITING_OF_ONE_MAX = 100;

interface Queue {
  /** Served before the others. */
  first: boolean;
  waiting: (() => void)[];
}

/**
 * Lets two through at a time: each password hash takes 19 MiB and a core, and a flood of sign-ins must not take the
 * process down. Each account has a queue of its own and the queues are served in turns, so that nobody waits for those
 * who guess at others. Whoever finds their queue, or all of them, full is sent away.
 */
@Injectable()
export class PasswordHashSemaphoreService {
  private inside = 0;
  private waiting = 0;
  /** In the order of their turns: the one served last is last. */
  private readonly queues = new Map<string, Queue>();

  /** True where work would have to wait for others. */
  get isBusy(): boolean {
    return this.waiting > 0;
  }

  /**
   * Does the work when it is the turn of its queue; queues that are `first` have theirs before the others. Work inside
   * must not pass again.
   */
  async pass<T>(key: string, work: () => Promise<T>, { first = false } = {}): Promise<T> {
    await this.enter(key, first);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(key: string, first: boolean): Promise<void> {
    if (this.inside < INSIDE_MAX) {
      this.inside += 1;
      return;
    }
    const queue = this.queues.get(key) ?? { first, waiting: [] };
    const isFull = this.waiting >= WAITING_MAX && !first;
    if (isFull || queue.waiting.length >= WAITING_OF_ONE_MAX) throw busy();
    this.queues.set(key, queue);
    this.waiting += 1;
    await new Promise<void>((resolve) => queue.waiting.push(resolve));
  }

  private leave(): void {
    const entries = [...this.queues];
    const [key, queue] = entries.find(([, { first }]) => first) ?? entries[0] ?? [];
    if (key === undefined || queue === undefined) {
      this.inside -= 1;
      return;
    }
    this.queues.delete(key);
    const next = queue.waiting.shift()!;
    if (queue.waiting.length > 0) this.queues.set(key, queue);
    this.waiting -= 1;
    next();
  }
}

function busy(): DomainError {
  return new DomainError(
    'too_many_requests',
    'sign_in_busy',
    'Too many people sign in at this moment. Try again in a few seconds.',
    undefined,
    { retryAfterSeconds: 5 },
  );
}
