import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../platform/time/clock.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import type { User } from './user.js';
import { UsersRepository } from './users.repository.js';

/** The name that a person gives themselves, which is theirs in all their organisations. */
@Injectable()
export class OwnNameService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async change({ orgId, userId }: AuthenticatedUser, fullName: string): Promise<User> {
    return this.dataSource.transaction(async (tx) => {
      const user = await this.users.getLocked(tx, orgId, userId);
      if (user.fullName !== fullName) await this.users.rename(tx, userId, fullName, this.clock.now());
      const deed = { action: 'user.updated', subject: `user:${userId}` } as const;
      await this.audit.recordChange(tx, orgId, deed, { full_name: user.fullName }, { full_name: fullName });
      return this.users.getInOrg(tx, orgId, userId);
    });
  }
}
