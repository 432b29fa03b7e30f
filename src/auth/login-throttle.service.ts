import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../platform/errors/domain-error.js';
import { Clock } from '../platform/time/clock.js';
import { LoginThrottleRepository, type ThrottleRule } from './login-throttle.repository.js';

const ACCOUNT_FAILURES_MAX = 5;
const ADDRESS_FAILURES_MAX = 20;
const WINDOW_SECONDS = 15 * 60;

/** Whose sign-in it is and where it comes from. */
export interface Attempt {
  email: string;
  ip: string;
}

/**
 * Slows guessing down for all replicas together: after 5 failures within 15 minutes for one account from one address,
 * or 20 from one address, that pair or address is refused for 15 minutes. Successes are never counted, and nobody is
 * locked out from elsewhere.
 */
@Injectable()
export class LoginThrottleService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly throttles: LoginThrottleRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws while the attempt is blocked, whatever its password is. */
  async admit(attempt: Attempt): Promise<void> {
    const now = this.clock.now();
    const keys = rulesOf(attempt).map((rule) => rule.key);
    const until = await this.throttles.blockedUntil(this.dataSource.manager, keys, now);
    if (until) throw blocked(Math.ceil((until.getTime() - now.getTime()) / 1000));
  }

  /** Counts a failure. Throws for one that was let in before others used up what is allowed. */
  async fail(attempt: Attempt): Promise<void> {
    const rules = rulesOf(attempt);
    const now = this.clock.now();
    const counts = await this.throttles.countFailure(this.dataSource.manager, rules, now, WINDOW_SECONDS);
    const over = rules.some((rule) => (counts.get(rule.key) ?? 0) > rule.failuresMax);
    if (over) throw blocked(WINDOW_SECONDS);
  }

  /** Forgets the failures of this account from this address. */
  async succeed(attempt: Attempt): Promise<void> {
    await this.throttles.clear(this.dataSource.manager, accountKey(attempt));
  }
}

function rulesOf(attempt: Attempt): ThrottleRule[] {
  return [
    { key: accountKey(attempt), failuresMax: ACCOUNT_FAILURES_MAX },
    { key: `address:${attempt.ip}`, failuresMax: ADDRESS_FAILURES_MAX },
  ];
}

/** The table is not to be a list of e-mails. */
function accountKey({ email, ip }: Attempt): string {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
  return `account:${account}:${ip}`;
}

function blocked(retryAfterSeconds: number): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_sign_ins',
    'Too many sign-ins have failed. Try again later.',
    undefined,
    { retryAfterSeconds },
  );
}
