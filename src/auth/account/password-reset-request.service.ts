import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '../../jobs/jobs.service.js';
import { clientKey } from '../../platform/network/client-address.js';
import { isEmailAddress, normalizedEmail } from '../../platform/text/email-address.js';
import { DAY_SECONDS } from '../../platform/time/after.js';
import { Clock } from '../../platform/time/clock.js';
import { UsersRepository } from '../people/users.repository.js';
import { KnownNetworksService } from '../sessions/known-networks.service.js';
import { LoginThrottleRepository } from '../sign-in/login-throttle.repository.js';
import { AccountMailsRepository } from './mail/account-mails.repository.js';

const ASKED_FOR_AN_ACCOUNT_MAX = 5;
const ASKED_FROM_AN_ADDRESS_MAX = 20;
const ADDRESS_LENGTH_MAX = 254;

/** Who forgot their password asks for a link to a new one. Whether an address is anybody's is said to nobody. */
@Injectable()
export class PasswordResetRequestService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersRepository,
    private readonly networks: KnownNetworksService,
    private readonly throttles: LoginThrottleRepository,
    private readonly mails: AccountMailsRepository,
    private readonly jobs: JobsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes on that an address gets a link. Does the same whether it is anybody's or not: who it is, is looked up by the
   * job. More than 5 a day for one address, or 20 from one caller's address, get nothing; neither does text that is no
   * address, or one of more than 254 characters. Who asks from where they signed in before has 5 of their own: else
   * anybody who knows an address could use up the links of its owner.
   */
  async take(email: string, ip: string): Promise<void> {
    const address = normalizedEmail(email).toLowerCase();
    if (address.length > ADDRESS_LENGTH_MAX || !isEmailAddress(address, { require_tld: false })) return;
    const user = await this.users.findByEmail(this.dataSource.manager, address);
    const asker = (await this.networks.isOf(user, ip)) ? 'reset-own' : 'reset';
    const rules = [
      { key: `${asker}:${keyOf(address)}`, failuresMax: ASKED_FOR_AN_ACCOUNT_MAX, blockSeconds: DAY_SECONDS },
      {
        key: `reset-from:${clientKey(ip)}`,
        failuresMax: ASKED_FROM_AN_ADDRESS_MAX,
        blockSeconds: DAY_SECONDS,
      },
    ];
    const now = this.clock.now();
    await this.dataSource.transaction(async (tx) => {
      const counts = await this.throttles.countFailure(tx, rules, now, DAY_SECONDS);
      if (rules.some(({ key, failuresMax }) => (counts.get(key) ?? 0) > failuresMax)) return;
      const mailId = await this.mails.insertReset(tx, address, now);
      await this.jobs.enqueue(tx, 'account.mail.send', { mailId });
    });
  }
}

/** The table is not to be a list of e-mails. */
function keyOf(address: string): string {
  return createHash('sha256').update(address).digest('base64url');
}
