import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Clock } from '../../../platform/time/clock.js';
import type { User } from '../../people/user.js';
import { AccountMailsRepository } from './account-mails.repository.js';
import { after, DAY_MS } from '../../../platform/time/after.js';

const OF_PERSON_MAX = 10;
const OF_ORGANISATION_MAX = 500;

/**
 * Bounds the mails that tell people of a change to their account: an admin may add a stranger's address, and set that
 * password again and again. A change that would be mailed once too often is refused, so that none goes untold.
 */
@Injectable()
export class AccountNoticesService {
  constructor(
    private readonly mails: AccountMailsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws where a change to this account would be mailed once too often. What its owner does is bounded by what they
   * did and had done to it alone: whatever others of the organisation do, they can protect it.
   */
  async assertRoom(
    tx: EntityManager,
    { orgId, id: userId }: Pick<User, 'orgId' | 'id'>,
    by: 'self' | 'admin',
  ): Promise<void> {
    const since = after(this.clock.now(), -DAY_MS);
    const sent = await this.mails.countNotices(tx, { orgId, userId }, since);
    if (sent.ofPerson >= OF_PERSON_MAX) throw tooMany('this account', OF_PERSON_MAX);
    if (by === 'admin' && sent.ofOrganisation >= OF_ORGANISATION_MAX) {
      throw tooMany('the accounts of your organisation', OF_ORGANISATION_MAX);
    }
  }
}

function tooMany(whose: string, most: number): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_emails',
    `Nothing was changed: its owner would be told by mail, and ${most} mails a day about ${whose} are enough. ` +
      'Try again tomorrow. A link to a new password is mailed all the same: POST /auth/password/forgot.',
    undefined,
    { retryAfterSeconds: 3_600 },
  );
}
