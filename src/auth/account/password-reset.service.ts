import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import { firstPressOfLinkSince } from '../sessions/two-presses.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { MembershipsRepository } from '../people/memberships.repository.js';
import { PasswordChangeService } from '../passwords/password-change.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SecondFactorsRepository } from '../second-factor/second-factors.repository.js';
import { UsersRepository } from '../people/users.repository.js';

/** A new password for who forgot the old one, by a link that only the owner of the mailbox reads. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
    private readonly passwordChange: PasswordChangeService,
    private readonly memberships: MembershipsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly tokens: AccessTokensService,
    private readonly accountTokens: AccountTokensRepository,
    private readonly clock: Clock,
  ) {}

  /** The address that whoever a link was mailed to signs in with; null of a token that is not good. */
  async emailOf(token: string): Promise<string | null> {
    const userId = await this.personOf(token);
    const user = userId === null ? null : await this.users.findById(this.dataSource.manager, userId);
    return user?.email ?? null;
  }

  /** True of a link by which a new password was set just now: its form was sent twice, or is open in two tabs. */
  async wasJustUsed(token: string): Promise<boolean> {
    const since = firstPressOfLinkSince(this.clock.now());
    return this.accountTokens.wasUsed(this.dataSource.manager, this.tokens.hashOf(token), since);
  }

  /**
   * Replaces the password of whoever the token was mailed to, which uses the token up; also of who is let in nowhere
   * and may be invited. Throws 400 for one that is not good, and 422 for a password that breaks the rules, after which
   * the token is as good as before.
   */
  async reset(token: string, newPassword: string): Promise<void> {
    const userId = await this.personOf(token);
    const user = userId === null ? null : await this.users.findById(this.dataSource.manager, userId);
    if (!user) throw notGood();
    const { email, fullName, orgId } = user;
    const company = await this.users.companyOf(this.dataSource.manager, orgId);
    const facts = { email, fullName, company };
    const passwordHash = await this.passwords.hashNew(newPassword, facts, `user:${userId}`, 'new_password');
    await this.dataSource.transaction(async (tx) => {
      await this.users.lock(tx, user.id);
      // The organisation that was looked at may have forgotten them since, and be their only one.
      const locked = await this.users.findById(tx, user.id);
      const used = await this.accountTokens.use(tx, this.tokens.hashOf(token), this.clock.now());
      if (!locked || !used) throw notGood();
      // Where no organisation lets the person in it protects nothing, and may be of who chose the password before.
      if (locked.passwordByAdmin && !(await this.memberships.isLetInAnywhere(tx, user.id))) {
        await this.factors.remove(tx, user.id);
      }
      await this.passwordChange.replace(tx, locked, passwordHash, 'reset');
    });
  }

  private async personOf(token: string): Promise<number | null> {
    if (!this.tokens.isRefreshToken(token)) return null;
    const hash = this.tokens.hashOf(token);
    return this.accountTokens.findPerson(this.dataSource.manager, hash, this.clock.now());
  }
}

function notGood(): DomainError {
  return new DomainError(
    'bad_request',
    'reset_token_not_good',
    'This link was used already, is too old, or is not whole. Ask for a new one.',
  );
}
