import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { AccountNoticesService } from '../account/mail/account-notices.service.js';
import { AccountMailsRepository } from '../account/mail/account-mails.repository.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import { inSeveral } from '../people/in-several.js';
import { MembershipsRepository } from '../people/memberships.repository.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { User } from '../people/user.js';
import { userErased } from '../people/user-erased.js';
import { UsersRepository } from '../people/users.repository.js';
import type { ProvenPerson } from '../sign-in/sign-in.service.js';
import { CodeThrottleService } from './code-throttle.service.js';
import { withoutSession } from './proof-refusals.js';
import { SecondFactorsRepository } from './second-factors.repository.js';

/** Turns second factors off: the own one, and that of somebody who lost the phone. The person hears of it by mail. */
@Injectable()
export class SecondFactorRemovalService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly memberships: MembershipsRepository,
    private readonly sessions: SessionsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly throttle: CodeThrottleService,
    private readonly mails: AccountMailsRepository,
    private readonly notices: AccountNoticesService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Turns the factor off of a person who just proved password and code. Throws a conflict where they were asked for
   * none, also if one is on by now, and where the password was replaced meanwhile.
   */
  async turnOff({ user: { id, orgId, tokenEpoch }, hasFactor }: ProvenPerson): Promise<void> {
    if (!hasFactor) throw isOff('You have');
    await this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, orgId, id);
      if (user.tokenEpoch !== tokenEpoch) throw withoutSession();
      await this.remove(tx, user, 'self');
    });
  }

  /**
   * Turns the factor of somebody else off, and ends their sessions: who has the phone may be signed in with it. Throws
   * a conflict for the own one, which wants its code, for who was erased here or is in another organisation too, and
   * where there is none.
   */
  async reset({ orgId, userId }: AuthenticatedUser, id: number): Promise<void> {
    if (id === userId) throw ownFactor();
    await this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, orgId, id);
      if (user.isErased) throw userErased(user);
      if (await this.memberships.isElsewhere(tx, orgId, id)) throw inSeveral(user.email, 'secondFactor');
      await this.removeAndEnd(tx, user, 'admin');
    });
  }

  /** The same for whoever signs in with this e-mail, for the operator of the installation. */
  async resetOf(email: string): Promise<User> {
    const known = await this.users.findByEmail(this.dataSource.manager, email);
    if (!known) throw notFound('person', email);
    return this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, known.orgId, known.id);
      await this.removeAndEnd(tx, user, 'operator');
      return user;
    });
  }

  private async removeAndEnd(tx: EntityManager, user: User, by: 'admin' | 'operator'): Promise<void> {
    await this.remove(tx, user, by);
    const now = this.clock.now();
    await this.users.raiseEpoch(tx, user.id, now);
    await this.sessions.endAll(tx, user.id, now);
  }

  private async remove(
    tx: EntityManager,
    { id, orgId, email }: User,
    by: 'self' | 'admin' | 'operator',
  ): Promise<void> {
    if (!(await this.factors.remove(tx, id))) throw isOff(by === 'self' ? 'You have' : `${email} has`);
    if (by !== 'operator') await this.notices.assertRoom(tx, { orgId, id }, by);
    await this.throttle.clear(tx, id);
    const mail = { userId: id, by };
    await this.mails.insertFactorNotice(tx, 'second_factor_off', mail, this.clock.now());
    const action = by === 'self' ? 'second_factor.disabled' : 'second_factor.reset';
    const deed = { action, subject: `user:${id}`, after: { by } } as const;
    await inOrganisation(orgId, () => this.audit.record(tx, orgId, deed));
  }
}

function isOff(who: string): DomainError {
  return new DomainError('conflict', 'totp_off', `${who} no second factor.`);
}

function ownFactor(): DomainError {
  const detail = 'Turn your own second factor off with its code: POST /auth/totp/disable.';
  return new DomainError('conflict', 'own_second_factor', detail);
}
