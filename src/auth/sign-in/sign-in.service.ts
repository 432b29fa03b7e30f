import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { LoginThrottleService } from './login-throttle.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { PasswordHashSemaphoreService } from '../passwords/password-hash-semaphore.service.js';
import { SecondFactorsService } from '../second-factor/second-factors.service.js';
import { KnownNetworksService } from '../sessions/known-networks.service.js';
import { type Occasion, SignInFailuresService } from './sign-in-failures.service.js';
import {
  CodeNeededError,
  CodeUsedError,
  ticketOver,
  wrongCode,
  wrongCredentials,
} from './sign-in-refusals.js';
import type { SignInTicket } from './sign-in-ticket.service.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';

export interface Credentials {
  email: string;
  password: string;
  /** A code of the second factor, or a recovery code. */
  totp?: string;
  /** The organisation to sign in to; left out, the one used last of those that let the person in. */
  orgId?: number;
  ip: string;
  /** What they are proven for. */
  occasion?: Occasion;
  /** Whether a code that was used has done just now what it is sent for: a button was pressed twice. */
  isPressedTwice?: () => Promise<boolean>;
}

/** Who somebody is, in the organisation they sign in to, and whether a second factor was asked for. */
export interface ProvenPerson {
  user: User;
  hasFactor: boolean;
}

/** What of it counts once the password was right. */
type SentAttempt = Omit<Credentials, 'password'>;

type AttemptResult = 'success' | 'failure' | 'throttled';

/**
 * Checks who someone is. An unknown e-mail, a wrong password, somebody whom no organisation lets in, and an
 * organisation that does not let the person in cannot be told apart from outside; only with the right password one
 * learns that a second factor is wanted.
 */
@Injectable()
export class SignInService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly networks: KnownNetworksService,
    private readonly factors: SecondFactorsService,
    private readonly passwords: PasswordsService,
    private readonly throttle: LoginThrottleService,
    private readonly semaphore: PasswordHashSemaphoreService,
    private readonly failures: SignInFailuresService,
    private readonly metrics: MetricsService,
  ) {
    for (const result of ['success', 'failure', 'throttled'] as const) this.count(result, 0);
  }

  /**
   * The person these credentials belong to. Throws `unauthenticated`: `wrong_credentials`, or `totp_required` and
   * `wrong_totp` where the password is right; `too_many_requests` while guessing is blocked.
   */
  async verify(credentials: Credentials): Promise<ProvenPerson> {
    return this.counted(() => this.unlessTwice(credentials, () => this.admitted(credentials)));
  }

  /**
   * The same for a person whose password was right minutes ago, by a code. Throws `unauthenticated` where the account
   * changed meanwhile.
   */
  async verifyCode(
    { userId, orgId, epoch }: SignInTicket,
    sent: { totp: string } & Pick<Credentials, 'ip' | 'isPressedTwice'>,
  ): Promise<ProvenPerson> {
    return this.counted(async () => {
      const user = await this.users.findInOrg(this.dataSource.manager, orgId, userId);
      if (!user?.isActive || user.tokenEpoch !== epoch) throw ticketOver();
      const credentials = { email: user.email, ...sent };
      await this.throttle.admit(credentials);
      return this.unlessTwice(credentials, () => this.checkFactor(credentials, user));
    });
  }

  /** Whether a used code came by a second press is waited for here, where nobody who signs in waits behind it. */
  private async unlessTwice(attempt: SentAttempt, work: () => Promise<ProvenPerson>): Promise<ProvenPerson> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CodeUsedError)) throw error;
      const { user } = error;
      if (await attempt.isPressedTwice?.()) return { user, hasFactor: true };
      return this.refuseCode(attempt, user);
    }
  }

  /** An attempt that lacks its code is not over, and not counted. */
  private async counted(attempt: () => Promise<ProvenPerson>): Promise<ProvenPerson> {
    try {
      const proven = await attempt();
      this.count('success');
      this.metrics.introduceOrg(proven.user.orgId);
      return proven;
    } catch (error) {
      if (!(error instanceof DomainError) || error instanceof CodeNeededError) throw error;
      this.count(error.kind === 'too_many_requests' ? 'throttled' : 'failure');
      throw error;
    }
  }

  /**
   * Everything that costs little comes before the queue for hashing: who is blocked does not wait in it. While others
   * wait, an e-mail of nobody is not hashed for; the answer takes as long, so a flood of made-up people costs no work.
   */
  private async admitted(credentials: Credentials): Promise<ProvenPerson> {
    await this.throttle.admit(credentials);
    const { email, orgId, ip } = credentials;
    const user = await this.users.findByEmail(this.dataSource.manager, email, orgId);
    const isKnown = await this.networks.isOf(user, ip);
    if (!isKnown) await this.throttle.admitToAccount(credentials);
    if (!user && this.semaphore.isBusy) {
      await this.passwords.pretend(credentials.password);
      return this.refuse(credentials);
    }
    const key = user === null ? 'nobody' : `user:${user.id}:${isKnown}`;
    return this.semaphore.pass(key, () => this.check(credentials, user, isKnown), { first: isKnown });
  }

  private async check(credentials: Credentials, user: User | null, isKnown: boolean): Promise<ProvenPerson> {
    await this.throttle.admit(credentials);
    if (!isKnown) await this.throttle.takeTurn(credentials);
    const matches = await this.passwords.matches(credentials.password, user?.passwordHash);
    const isThere = credentials.orgId === undefined || credentials.orgId === user?.orgId;
    // An invitation is into an organisation that will let them in, whether any does now or not.
    const isLetIn = user !== null && (user.isActive || credentials.occasion === 'invitation');
    if (!isLetIn || !matches || !isThere) {
      const reason = !matches ? 'wrong password' : isThere ? 'disabled' : 'another organisation';
      if (user) this.failures.note(user, reason, credentials.occasion);
      return this.refuse(credentials);
    }
    return this.checkFactor(credentials, user);
  }

  /** Failures are forgotten only with the code: else each right password would allow five more guesses at it. */
  private async checkFactor(attempt: SentAttempt, user: User): Promise<ProvenPerson> {
    const factor = await this.factors.check(user, attempt.totp);
    if (factor === 'missing') {
      const { id: userId, orgId, tokenEpoch: epoch } = user;
      throw new CodeNeededError({ userId, orgId, epoch });
    }
    if (factor === 'used') throw new CodeUsedError(user);
    if (factor === 'wrong') return this.refuseCode(attempt, user);
    await this.throttle.succeed(attempt);
    return { user, hasFactor: factor === 'right' };
  }

  private async refuseCode(attempt: SentAttempt, user: User): Promise<never> {
    this.failures.note(user, 'wrong code', attempt.occasion);
    await this.throttle.fail(attempt);
    throw wrongCode();
  }

  private async refuse(credentials: Credentials): Promise<never> {
    await this.throttle.fail(credentials);
    throw wrongCredentials(credentials.occasion);
  }

  private count(result: AttemptResult, by = 1): void {
    this.metrics.count('crm_auth_attempts_total', { result }, by);
  }
}
