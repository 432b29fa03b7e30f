import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Backoff } from '../../../jobs/backoff.js';
import { DeliveriesService } from '../../../jobs/queue/deliveries.service.js';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { Lease } from '../../../jobs/leases/lease.js';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { endsHere, MailError } from '../../../platform/mail/mail-error.js';
import { MailClient } from '../../../platform/mail/mail.client.js';
import { Clock } from '../../../platform/time/clock.js';
import { AccountMailWriterService, type Recipient } from './account-mail-writer.service.js';
import { type AccountMail, ACCOUNT_MAIL_LEASE, AccountMailsRepository } from './account-mails.repository.js';

/** A link is of no use an hour after somebody waited for it. */
const BACKOFF: Backoff = { firstMs: 5_000, maxMs: 300_000, jitter: 0, lifeMs: 3_600_000 };

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
    private readonly writer: AccountMailWriterService,
    private readonly mail: MailClient,
    private readonly jobs: JobsService,
    private readonly leases: LeasesService,
    private readonly deliveries: DeliveriesService,
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
    const recipient = await this.writer.recipientOf(lease.row);
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

  private async send({ id }: AccountMail, { name, address, write }: Recipient): Promise<void> {
    const words = await write();
    await this.mail.send({ ...words, id: `account-${id}`, fromName: 'PeakPro CRM', to: { name, address } });
  }

  private async noteFailure(lease: Lease<AccountMail>, problem: string, next: Date | null): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      if (!next) return this.mails.finish(tx, lease, 'failed', problem);
      if (!(await this.mails.postpone(tx, lease, problem, next))) return;
      await this.jobs.enqueue(tx, 'account.mail.send', { mailId: lease.row.id }, next);
    });
  }
}
