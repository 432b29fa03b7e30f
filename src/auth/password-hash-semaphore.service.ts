import { Injectable } from '@nestjs/common';
import { DomainError } from '../platform/errors/domain-error.js';

const INSIDE_MAX = 2;
const WAITING_MAX = 500;

/**
 * Lets two through at a time: each password hash takes 19 MiB and a core, and a flood of sign-ins must not take the
 * process down. Whoever finds the queue full is sent away.
 */
@Injectable()
export class PasswordHashSemaphoreService {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  /** Does the work when it is its turn. Work inside must not pass again. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.inside < INSIDE_MAX) {
      this.inside += 1;
      return;
    }
    if (this.waiting.length >= WAITING_MAX) {
      throw new DomainError(
        'too_many_requests',
        'sign_in_busy',
        'Too many people sign in at this moment. Try again in a few seconds.',
        undefined,
        { retryAfterSeconds: 5 },
      );
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.inside -= 1;
  }
}
