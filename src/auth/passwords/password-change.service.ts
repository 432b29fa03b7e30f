import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { Clock } from '../../platform/time/clock.js';
import { AccountNoticesService } from '../account/mail/account-notices.service.js';
import { AccountMailsRepository, type PasswordChanger } from '../account/mail/account-mails.repository.js';
import { AccountTokensRepository } from '../account/account-tokens.repository.js';
import { CodeThrottleService } from '../second-factor/code-throttle.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';

/** The one way a password is replaced. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly mails: AccountMailsRepository,
    private readonly notices: AccountNoticesService,
    private readonly tokens: AccountTokensRepository,
    private readonly codes: CodeThrottleService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Replaces the password of a person that the caller has locked, and answers the person as it is now. Every session,
   * in whichever organisation, and every open link to a new password ends, and the person hears of it by mail. A second
   * factor stays as it is; its codes may be tried again where whoever guessed at them knew the old password alone.
   * Throws where they would hear of it once too often in a day.
   */
  async replace(tx: EntityManager, user: User, passwordHash: string, by: PasswordChanger): Promise<User> {
    const now = this.clock.now();
    const { id, orgId } = user;
    if (by === 'self' || by === 'admin') await this.notices.assertRoom(tx, user, by);
    await this.users.setPassword(tx, id, { passwordHash, passwordByAdmin: by === 'admin' }, now);
    await this.sessions.endAll(tx, id, now);
    await this.tokens.endAll(tx, id, now);
    if (by !== 'self') await this.codes.clear(tx, id);
    await this.mails.insertChange(tx, id, by, now);
    const userId = by === 'self' || by === 'reset' ? id : undefined;
    const deed = { action: 'user.password_set', subject: `user:${id}`, userId, after: { by } } as const;
    await inOrganisation(orgId, () => this.audit.record(tx, orgId, deed));
    return this.users.getInOrg(tx, orgId, id);
  }
}
