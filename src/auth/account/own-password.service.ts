import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { invalid } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import type { SessionUser } from '../access/authenticated-users.service.js';
import { withoutSession } from '../second-factor/proof-refusals.js';
import { PressesService } from '../sessions/presses.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { LoginThrottleService } from '../sign-in/login-throttle.service.js';
import { PasswordChangeService } from '../passwords/password-change.service.js';
import { PasswordHashSemaphoreService } from '../passwords/password-hash-semaphore.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';

/** What a person sends to change the own password, and where from. */
export interface PasswordExchange {
  currentPassword: string;
  newPassword: string;
  ip: string;
}

/** The person with the new password. */
export interface ChangedPassword {
  user: User;
  /** The session that asks began by this very change a moment ago: it goes on, and needs no other in its place. */
  goesOn: boolean;
}

/** A new password for who knows the old one. */
@Injectable()
export class OwnPasswordService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
    private readonly passwordChange: PasswordChangeService,
    private readonly throttle: LoginThrottleService,
    private readonly semaphore: PasswordHashSemaphoreService,
    private readonly sessions: SessionsRepository,
    private readonly presses: PressesService,
    private readonly clock: Clock,
  ) {}

  /**
   * Replaces the password and ends every session; answers the person, who may begin a new one. Throws 422 where the
   * current password is wrong or the new one breaks the rules, 429 while guessing is blocked, as at sign-in, and a
   * conflict where the session was ended meanwhile: its password alone begins none where there is a second factor.
   * Twice at once with the same new one is the same as once, also where the second comes by the session that the first
   * began: a browser may have its cookie by then, and still show the form.
   */
  async change(person: SessionUser, exchange: PasswordExchange): Promise<ChangedPassword> {
    const { orgId, userId } = person;
    const { currentPassword, newPassword } = exchange;
    const user = await this.users.getInOrg(this.dataSource.manager, orgId, userId);
    const account = `user:${userId}`;
    const already = await this.semaphore.pass(account, () => this.confirm(person, user, exchange));
    if (already) return already;
    if (newPassword.normalize('NFC') === currentPassword.normalize('NFC')) {
      throw invalid([{ field: 'new_password', message: 'new_password must be another one' }]);
    }
    const { email, fullName } = user;
    const company = await this.users.companyOf(this.dataSource.manager, orgId);
    const facts = { email, fullName, company };
    const passwordHash = await this.passwords.hashNew(newPassword, facts, account, 'new_password');
    const changed =
      (await this.replace(person, user, passwordHash)) ??
      (await this.semaphore.pass(account, () => this.changedAtOnce(person, newPassword)));
    if (!changed) throw wrong();
    return { user: changed, goesOn: false };
  }

  /**
   * One attempt of at most two at a time, so that guesses that are sent at once are blocked like those one after the
   * other. Answers the person where the first of two presses has done it, null where it is to be done.
   */
  private async confirm(
    person: SessionUser,
    user: User,
    exchange: PasswordExchange,
  ): Promise<ChangedPassword | null> {
    const attempt = { email: user.email, ip: exchange.ip };
    await this.throttle.admit(attempt);
    if (await this.passwords.matches(exchange.currentPassword, user.passwordHash)) {
      await this.throttle.succeed(attempt);
      return null;
    }
    const changed = await this.changedAtOnce(person, exchange.newPassword);
    if (changed) return { user: changed, goesOn: false };
    if (await this.isPressedAgain(person, user, exchange)) return { user, goesOn: true };
    await this.throttle.fail(attempt);
    throw wrong();
  }

  /** True where the session began by a change to this very password just now. */
  private async isPressedAgain(
    { userId, sessionId }: SessionUser,
    { passwordHash }: User,
    { newPassword }: PasswordExchange,
  ): Promise<boolean> {
    if (sessionId === null || !(await this.presses.hasBegunByChange({ userId, sessionId }))) return false;
    return this.passwords.matches(newPassword, passwordHash);
  }

  /** Null where another password was set meanwhile. */
  private async replace(
    { orgId, userId, sessionId }: SessionUser,
    seen: User,
    passwordHash: string,
  ): Promise<User | null> {
    return this.dataSource.transaction(async (tx) => {
      const locked = await this.users.getLocked(tx, orgId, userId);
      if (locked.passwordHash !== seen.passwordHash) return null;
      const now = this.clock.now();
      if (sessionId !== null && !(await this.sessions.isLive(tx, userId, sessionId, now))) {
        throw withoutSession();
      }
      return this.passwordChange.replace(tx, locked, passwordHash, 'self');
    });
  }

  /**
   * The person where another request, as of a button that is pressed twice, set this very password just now and with
   * that ended the session. Null for every other, also where the session was ended in another way.
   */
  private async changedAtOnce(
    { orgId, userId, sessionId }: SessionUser,
    newPassword: string,
  ): Promise<User | null> {
    if (sessionId === null || !(await this.presses.hasChangedPassword({ userId, sessionId }))) return null;
    const user = await this.users.getInOrg(this.dataSource.manager, orgId, userId);
    return (await this.passwords.matches(newPassword, user.passwordHash)) ? user : null;
  }
}

function wrong() {
  return invalid([{ field: 'current_password', message: 'current_password is wrong' }]);
}
