import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import { clientKey } from '../../platform/network/client-address.js';
import { Clock } from '../../platform/time/clock.js';
import { LoginThrottleRepository, type ThrottleRule } from './login-throttle.repository.js';

const PAIR_FAILURES_MAX = 5;
const CLIENT_FAILURES_MAX = 20;
const ACCOUNT_FAILURES_MAX = 20;
const WINDOW_SECONDS = 15 * 60;
/** Between two attempts at an account that many have failed at, over all addresses. */
const ACCOUNT_TURN_SECONDS = 10;

/** Whose sign-in it is and where it comes from. */
export interface Attempt {
  email: string;
  ip: string;
}

/**
 * Slows guessing down for all replicas together. A client is an IPv4 address or the /64 of an IPv6 one. After 5
 * failures within 15 minutes for one account by one client, or 20 by one client, that pair or client is refused for
 * 15 minutes. After 20 failures for one account by whomever, one attempt in ten seconds is let through, so that nobody
 * is locked out for good; whoever signed in before from the same network need not wait. Successes are never counted.
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
    const keys = [pairRule(attempt), clientRule(attempt)].map((rule) => rule.key);
    const until = await this.throttles.blockedUntil(this.dataSource.manager, keys, now);
    if (until) throw blocked(secondsUntil(until, now));
  }

  /** Throws while another attempt at an account that many have failed at had its turn just now. */
  async admitToAccount(attempt: Attempt): Promise<void> {
    const now = this.clock.now();
    const { key } = accountRule(attempt);
    const until = await this.throttles.blockedUntil(this.dataSource.manager, [key], now);
    if (until) throw blocked(secondsUntil(until, now));
  }

  /** Takes the turn of an attempt at an account that many have failed at. Throws where another has it. */
  async takeTurn(attempt: Attempt): Promise<void> {
    const now = this.clock.now();
    const until = await this.throttles.takeTurn(this.dataSource.manager, accountRule(attempt), now);
    if (until) throw blocked(secondsUntil(until, now));
  }

  /** Counts a failure. Throws for one that was let in before others used up what is allowed. */
  async fail(attempt: Attempt): Promise<void> {
    const rules = [pairRule(attempt), clientRule(attempt)];
    const now = this.clock.now();
    const counts = await this.throttles.countFailure(
      this.dataSource.manager,
      [...rules, accountRule(attempt)],
      now,
      WINDOW_SECONDS,
    );
    const over = rules.some((rule) => (counts.get(rule.key) ?? 0) > rule.failuresMax);
    if (over) throw blocked(WINDOW_SECONDS);
  }

  /** Forgets the failures for this account by this client. */
  async succeed(attempt: Attempt): Promise<void> {
    await this.throttles.clear(this.dataSource.manager, pairRule(attempt).key);
  }
}

function pairRule(attempt: Attempt): ThrottleRule {
  const key = `account:${accountHash(attempt)}:${clientKey(attempt.ip)}`;
  return { key, failuresMax: PAIR_FAILURES_MAX, blockSeconds: WINDOW_SECONDS };
}

function clientRule({ ip }: Attempt): ThrottleRule {
  const key = `address:${clientKey(ip)}`;
  return { key, failuresMax: CLIENT_FAILURES_MAX, blockSeconds: WINDOW_SECONDS };
}

function accountRule(attempt: Attempt): ThrottleRule {
  const key = `account:${accountHash(attempt)}`;
  return { key, failuresMax: ACCOUNT_FAILURES_MAX, blockSeconds: ACCOUNT_TURN_SECONDS };
}

/** The table is not to be a list of e-mails. */
function accountHash({ email }: Attempt): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
}

function secondsUntil(until: Date, now: Date): number {
  return Math.ceil((until.getTime() - now.getTime()) / 1000);
}

/** In whole minutes from one on, rounded up. */
function durationText(seconds: number): string {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function blocked(retryAfterSeconds: number): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_sign_ins',
    `Too many sign-ins have failed. Try again in ${durationText(retryAfterSeconds)}.`,
    undefined,
    { retryAfterSeconds },
  );
}
