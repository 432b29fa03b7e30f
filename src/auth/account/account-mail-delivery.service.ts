import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Backoff } from '../../jobs/backoff.js';
import { DeliveriesService } from '../../jobs/deliveries.service.js';
import { DueRows } from '../../jobs/due-rows.decorator.js';
import { JobHandler } from '../../jobs/job-handler.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { Lease } from '../../jobs/lease.js';
import { LeasesService } from '../../jobs/leases.service.js';
import type { JobRef, QueuePayloads } from '../../jobs/queue-payloads.js';
import { momentText } from '../../messages/format.js';
import { Config } from '../../platform/config/config.js';
import { inOrganisation } from '../../platform/database/scope.js';
import { endsHere, MailError } from '../../platform/mail/mail-error.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { Clock } from '../../platform/time/clock.js';
import { AccessTokensService } from '../sessions/access-tokens.service.js';
import {
  type AccountMail,
  ACCOUNT_MAIL_LEASE,
  AccountMailsRepository,
  type FactorNotice,
} from './account-mails.repository.js';
import { AccountTokensRepository } from './account-tokens.repository.js';
import { InvitationsRepository } from '../invitations/invitations.repository.js';
import type { User } from '../people/user.js';
import { UsersRepository } from '../people/users.repository.js';
import { FORGOTTEN_PATH, invitationAddress, resetAddress } from './account-addresses.js';
import { factorMail, invitationMail, type MailText, passwordChangedMail, resetMail } from './account-mail.js';
import { after } from '../../platform/time/after.js';

/** A link to a new password is good for so long, from when its mail is last sent: the mail says until when. */
const TOKEN_LIFE_MS = 3_600_000;
/** A link is of no use an hour after somebody waited for it. */
const BACKOFF: Backoff = { firstMs: 5_000, maxMs: 300_000, jitter: 0, lifeMs: 3_600_000 };

/** Whom a mail goes to, and what it says. */
interface Recipient {
  name: string;
  address: string;
  readonly write: () => MailText | Promise<MailText>;
}

/**
 * Mails people about their own account. A mail that is not taken is tried again for an hour; one whose answer was lost
 * may arrive twice, and more often only where processes end while they wait, with the same link. An address that is
 * nobody's gets none.
 */
@Injectable()
export class AccountMailDeliveryService {
  private readonly logger = new Logger(AccountMailDeliveryService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly mails: AccountMailsRepository,
    private readonly accountTokens: AccountTokensRepository,
    private readonly invitations: InvitationsRepository,
    private readonly users: UsersRepository,
    private readonly tokens: AccessTokensService,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
    private readonly deliveries: DeliveriesService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @DueRows('account_mails')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const due = await this.mails.listDue(tx, this.clock.now(), limit);
    return due.map((mailId) => ({ name: 'account.mail.send', payload: { mailId } }));
  }

  /** Sends a mail that is due; else does nothing. */
  @JobHandler('account.mail.send')
  async deliver({ mailId }: QueuePayloads['account.mail.send']): Promise<void> {
    const lease = await this.leases.take<AccountMail>(ACCOUNT_MAIL_LEASE, [mailId]);
    if (!lease) return;
    const tx = this.dataSource.manager;
    const recipient = await this.recipientOf(lease.row);
    if (!recipient) return this.mails.finish(tx, lease, 'ignored');
    if (!this.mail.configured) {
      this.logger.warn(
        { mailId, kind: lease.row.kind },
        'A mail about an account was not sent: SMTP_URL is not set',
      );
      return this.mails.finish(tx, lease, 'failed', 'SMTP_URL is not set');
    }
    const { attempts, createdAt, problem: problemBefore } = lease.row;
    await this.deliveries.attempt(lease, {
      send: () => this.send(lease.row, recipient),
      failureOf: (error) =>
        error instanceof MailError
          ? { problem: error.message, permanent: endsHere(error, problemBefore) }
          : null,
      attempts: { failed: attempts, since: createdAt },
      backoff: BACKOFF,
      onTaken: () => this.mails.finish(tx, lease, 'sent'),
      onFailed: ({ problem }, next) => this.noteFailure(lease, problem, next),
      unfinished: 'A mail about an account was not taken',
      about: { mailId },
    });
  }

  /** Null where there is nobody to write to any more. */
  private async recipientOf(mail: AccountMail): Promise<Recipient | null> {
    if (mail.kind === 'invitation') return inOrganisation(mail.orgId!, () => this.invited(mail));
    const tx = this.dataSource.manager;
    const { userId, email } = mail;
    const user = await (userId === null
      ? this.users.findByEmail(tx, email ?? '')
      : this.users.findById(tx, userId));
    if (!user) return null;
    const { kind } = mail;
    const write = () =>
      kind === 'password_reset' ? this.writeReset(mail, user) : this.writeChange(kind, mail, user);
    return { name: user.fullName, address: user.email, write };
  }

  private async invited({ id, orgId }: AccountMail): Promise<Recipient | null> {
    const tx = this.dataSource.manager;
    const invitation = await this.invitations.findOpen(tx, orgId!, id, this.clock.now());
    const inviter = invitation && (await this.users.findInOrg(tx, orgId!, invitation.invitedBy));
    if (!invitation || !inviter) return null;
    const { fullName, email, expiresAt } = invitation;
    const person = await this.users.findByEmail(tx, email);
    const words = {
      fullName,
      signsIn: person !== null && !person.passwordByAdmin,
      company: await this.users.companyOf(tx, orgId!),
      inviter: inviter.fullName,
      url: invitationAddress(this.config.publicUrl, this.tokens.accountToken(id)),
      expiresAt: momentText(expiresAt, 'UTC'),
    };
    return { name: fullName, address: email, write: () => invitationMail(words) };
  }

  private async send({ id }: AccountMail, { name, address, write }: Recipient): Promise<void> {
    const words = await write();
    await this.mail.send({ ...words, id: `account-${id}`, fromName: 'PeakPro CRM', to: { name, address } });
  }

  /** The link is good before it is on its way. */
  private async writeReset({ id }: AccountMail, { id: userId, fullName }: User) {
    const token = this.tokens.accountToken(id);
    const createdAt = this.clock.now();
    const expiresAt = after(createdAt, TOKEN_LIFE_MS);
    const tokenHash = this.tokens.hashOf(token);
    await this.accountTokens.keep(this.dataSource.manager, { id, userId, tokenHash, createdAt, expiresAt });
    const url = resetAddress(this.config.publicUrl, token);
    return resetMail({ fullName, url, expiresAt: momentText(expiresAt, 'UTC') });
  }

  private writeChange(
    kind: 'password_changed' | FactorNotice,
    { changedBy, createdAt }: AccountMail,
    { fullName }: User,
  ) {
    const url = `${this.config.publicUrl}${FORGOTTEN_PATH}`;
    const change = { fullName, by: changedBy!, at: momentText(createdAt, 'UTC'), url };
    return kind === 'password_changed' ? passwordChangedMail(change) : factorMail({ ...change, kind });
  }

  private async noteFailure(lease: Lease<AccountMail>, problem: string, next: Date | null): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      if (!next) return this.mails.finish(tx, lease, 'failed', problem);
      if (!(await this.mails.postpone(tx, lease, problem, next))) return;
      await this.jobs.enqueue(tx, 'account.mail.send', { mailId: lease.row.id }, next);
    });
  }
}
