import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import { DAY_SECONDS } from '../../platform/time/after.js';
import { Clock } from '../../platform/time/clock.js';
import { LoginThrottleRepository, type ThrottleRule } from '../sign-in/login-throttle.repository.js';

const CODES_MAX = 20;

/**
 * Keeps the codes of a person from being guessed by whoever knows the password, from however many addresses: after 20
 * codes that were not right within a day none is looked at for a day. It is over at once with a new password, which
 * whoever guesses does not know. Only who knows the password can bring it about.
 */
@Injectable()
export class CodeThrottleService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly throttles: LoginThrottleRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a code before it is looked at: of any number that come at once no more than are allowed are compared. Throws
   * where they are used up.
   */
  async take(userId: number): Promise<void> {
    const rule = codesRule(userId);
    const { manager } = this.dataSource;
    const now = this.clock.now();
    const until = await this.throttles.blockedUntil(manager, [rule.key], now);
    if (until) throw blocked(Math.ceil((until.getTime() - now.getTime()) / 1000));
    const counts = await this.throttles.countFailure(manager, [rule], now, DAY_SECONDS);
    if ((counts.get(rule.key) ?? 0) > rule.failuresMax) throw blocked(DAY_SECONDS);
  }

  /** Forgets what was counted: a code was right, or what was guessed at is no more. */
  async clear(tx: EntityManager, userId: number): Promise<void> {
    await this.throttles.clear(tx, codesRule(userId).key);
  }
}

function codesRule(userId: number): ThrottleRule {
  return { key: `codes:${userId}`, failuresMax: CODES_MAX, blockSeconds: DAY_SECONDS };
}

function blocked(retryAfterSeconds: number): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_codes',
    'Too many codes were wrong. Choose a new password by POST /auth/password/forgot, or wait a day: somebody who ' +
      'knows the password may be guessing.',
    undefined,
    { retryAfterSeconds },
  );
}
