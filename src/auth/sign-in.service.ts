import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../platform/errors/domain-error.js';
import { networkOf } from '../platform/network/client-address.js';
import { MetricsService } from '../platform/metrics/metrics.service.js';
import { LoginThrottleService } from './login-throttle.service.js';
import { PasswordsService } from './passwords.service.js';
import { PasswordHashSemaphoreService } from './password-hash-semaphore.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { SignInFailuresService } from './sign-in-failures.service.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

export interface Credentials {
  email: string;
  password: string;
  ip: string;
}

type AttemptResult = 'success' | 'failure' | 'throttled';

/**
 * Checks who someone is. An unknown e-mail, a wrong password and a disabled person cannot be told apart from outside.
 */
@Injectable()
export class SignInService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly passwords: PasswordsService,
    private readonly throttle: LoginThrottleService,
    private readonly semaphore: PasswordHashSemaphoreService,
    private readonly failures: SignInFailuresService,
    private readonly metrics: MetricsService,
  ) {
    for (const result of ['success', 'failure', 'throttled'] as const) this.count(result, 0);
  }

  /**
   * The person these credentials belong to. Throws `unauthenticated`, or `too_many_requests` while guessing is
   * blocked.
   */
  async verify(credentials: Credentials): Promise<User> {
    try {
      const user = await this.admitted(credentials);
      this.count('success');
      this.metrics.introduceOrg(user.orgId);
      return user;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.count(error.kind === 'too_many_requests' ? 'throttled' : 'failure');
      throw error;
    }
  }

  /**
   * Everything that costs little comes before the queue for hashing: who is blocked does not wait in it. While others
   * wait, an e-mail of nobody is not hashed for; the answer takes as long, so a flood of made-up people costs no work.
   */
  private async admitted(credentials: Credentials): Promise<User> {
    await this.throttle.admit(credentials);
    const user = await this.users.findByEmail(this.dataSource.manager, credentials.email);
    const isKnown = await this.isKnown(user, credentials);
    if (!isKnown) await this.throttle.admitToAccount(credentials);
    if (!user && this.semaphore.isBusy) {
      await this.passwords.pretend(credentials.password);
      return this.refuse(credentials);
    }
    const key = user === null ? 'nobody' : `user:${user.id}:${isKnown}`;
    return this.semaphore.pass(key, () => this.check(credentials, user, isKnown), { first: isKnown });
  }

  /** True for a person who signed in from this network before. Asks as much about nobody, so that it takes as long. */
  private async isKnown(user: User | null, { ip }: Credentials): Promise<boolean> {
    const ips = await this.sessions.recentIps(this.dataSource.manager, user?.id ?? 0);
    return ips.map(networkOf).includes(networkOf(ip));
  }

  private async check(credentials: Credentials, user: User | null, isKnown: boolean): Promise<User> {
    await this.throttle.admit(credentials);
    if (!isKnown) await this.throttle.takeTurn(credentials);
    const matches = await this.passwords.matches(credentials.password, user?.passwordHash);
    if (!user || !matches || !user.isActive) {
      if (user) this.failures.note(user, matches ? 'disabled' : 'wrong password');
      return this.refuse(credentials);
    }
    await this.throttle.succeed(credentials);
    return user;
  }

  private async refuse(credentials: Credentials): Promise<never> {
    await this.throttle.fail(credentials);
    throw new DomainError('unauthenticated', 'wrong_credentials', 'E-mail or password is wrong.');
  }

  private count(result: AttemptResult, by = 1): void {
    this.metrics.count('crm_auth_attempts_total', { result }, by);
  }
}
