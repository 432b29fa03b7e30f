import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { Clock } from '../platform/time/clock.js';
import { InvitationsRepository } from './invitations.repository.js';
import { SecondFactorsRepository } from './second-factor/second-factors.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

/** Forgets who a person was that left. What they did stays, done by "Former person". */
@Injectable()
export class PersonErasureService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly factors: SecondFactorsRepository,
    private readonly invitations: InvitationsRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Empties name, e-mail, password, second factor, and the addresses and browsers of the sign-ins, for good.
   * Twice is the same as once. Throws a conflict for a person who can still sign in.
   */
  async erase(orgId: number, id: number): Promise<User> {
    return this.dataSource.transaction(async (tx) => {
      const known = await this.users.getInOrg(tx, orgId, id);
      const user = await this.users.lock(tx, known.id);
      if (user.isActive) {
        throw new DomainError(
          'conflict',
          'user_active',
          `${user.email} can still sign in. Set is_active to false first.`,
        );
      }
      await this.invitations.forget(tx, orgId, user.email, this.clock.now());
      await this.sessions.forgetOrigins(tx, id);
      await this.factors.remove(tx, id);
      await this.users.erase(tx, id, this.clock.now());
      await this.audit.record(tx, orgId, { action: 'user.erased', subject: `user:${id}` });
      return this.users.getInOrg(tx, orgId, id);
    });
  }
}
