import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../platform/errors/domain-error.js';
import { MetricsService } from '../platform/metrics/metrics.service.js';
import { LoginThrottleService } from './login-throttle.service.js';
import { PasswordsService } from './passwords.service.js';
import { PasswordHashSemaphoreService } from './password-hash-semaphore.service.js';
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
    private readonly passwords: PasswordsService,
    private readonly throttle: LoginThrottleService,
    private readonly semaphore: PasswordHashSemaphoreService,
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
      const user = await this.semaphore.pass(() => this.check(credentials));
      this.count('success');
      this.metrics.introduceOrg(user.orgId);
      return user;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.count(error.kind === 'too_many_requests' ? 'throttled' : 'failure');
      throw error;
    }
  }

  private async check(credentials: Credentials): Promise<User> {
    const { email, password } = credentials;
    await this.throttle.admit(credentials);
    const user = await this.users.findByEmail(this.dataSource.manager, email);
    const matches = await this.passwords.matches(password, user?.passwordHash);
    if (!user || !matches || !user.isActive) {
      await this.throttle.fail(credentials);
      throw new DomainError('unauthenticated', 'wrong_credentials', 'E-mail or password is wrong.');
    }
    await this.throttle.succeed(credentials);
    return user;
  }

  private count(result: AttemptResult, by = 1): void {
    this.metrics.count('crm_auth_attempts_total', { result }, by);
  }
}
