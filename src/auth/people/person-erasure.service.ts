import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { InvitationsRepository } from '../invitations/invitations.repository.js';
import { MembershipsRepository } from './memberships.repository.js';
import { SecondFactorsRepository } from '../second-factor/second-factors.repository.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { User } from './user.js';
import { UsersRepository } from './users.repository.js';

/** Forgets who a person was that left. What they did stays, done by "Former person". */
@Injectable()
export class PersonErasureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly memberships: MembershipsRepository,
    private readonly sessions: SessionsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly invitations: InvitationsRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Has the organisation forget a person: name and e-mail are shown here no more, and the addresses and browsers of
   * the sign-ins that were here are emptied. Of who is in no other organisation the person is erased too: name, e-mail,
   * password and second factor, for good. Twice is the same as once. Throws a conflict for a person who can still sign
   * in here.
   */
  async erase(orgId: number, id: number): Promise<User> {
    return this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, orgId, id);
      const now = this.clock.now();
      if (user.isActive) {
        throw new DomainError(
          'conflict',
          'user_active',
          `${user.email} can still sign in. Set is_active to false first.`,
        );
      }
      await this.invitations.forget(tx, orgId, user.email, now);
      await this.sessions.forgetOrigins(tx, orgId, id);
      await this.memberships.erase(tx, orgId, id, now);
      if (!(await this.memberships.isElsewhere(tx, orgId, id))) {
        await this.factors.remove(tx, id);
        await this.users.erase(tx, id, now);
      }
      await this.audit.record(tx, orgId, { action: 'user.erased', subject: `user:${id}` });
      return this.users.getInOrg(tx, orgId, id);
    });
  }
}
