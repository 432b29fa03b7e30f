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
 * who guess at others. Queues that are `first` have every second turn at least, and the others the rest: a program that
 * signs in without end, from where it signed in before, keeps nobody out. Whoever finds their queue full, or all of
 * those that are not first, is sent away.
 */
@Injectable()
export class PasswordHashSemaphoreService {
  private inside = 0;
  /** How many wait in queues that are first, and in the others. */
  private readonly waiting = { first: 0, others: 0 };
  private wasFirst = false;
  /** In the order of their turns: the one served last is last. */
  private readonly queues = new Map<string, Queue>();

  /** True where work would have to wait for others. */
  get isBusy(): boolean {
    return this.waiting.first + this.waiting.others > 0;
  }

  /**
   * Does the work when it is the turn of its queue. Work inside must not pass again.
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
    const isFull = this.waiting.others >= WAITING_MAX && !first;
    if (isFull || queue.waiting.length >= WAITING_OF_ONE_MAX) throw busy();
    this.queues.set(key, queue);
    this.waiting[queue.first ? 'first' : 'others'] += 1;
    await new Promise<void>((resolve) => queue.waiting.push(resolve));
  }

  private leave(): void {
    const [key, queue] = this.nextQueue() ?? [];
    if (key === undefined || queue === undefined) {
      this.inside -= 1;
      return;
    }
    this.queues.delete(key);
    const next = queue.waiting.shift()!;
    if (queue.waiting.length > 0) this.queues.set(key, queue);
    this.waiting[queue.first ? 'first' : 'others'] -= 1;
    this.wasFirst = queue.first;
    next();
  }

  private nextQueue(): [string, Queue] | undefined {
    const entries = [...this.queues];
    return entries.find(([, { first }]) => first !== this.wasFirst) ?? entries[0];
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
