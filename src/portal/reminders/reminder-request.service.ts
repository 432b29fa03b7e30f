import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { afterId, type PageQuery } from '../../platform/http/lists/page.dto.js';
import { MailClient } from '../../platform/mail/mail.client.js';
import { Clock } from '../../platform/time/clock.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import { smtpNotConfigured } from '../email/smtp-not-configured.js';
import { PortalLinksService } from '../links/portal-links.service.js';
import type { InvoiceReminder } from './invoice-reminder.entity.js';
import { InvoiceRemindersRepository } from './invoice-reminders.repository.js';
import { ReminderFactsService } from './reminder-facts.service.js';
import { after } from '../../platform/time/after.js';

/** A reminder stands for one that is asked for so soon after it. */
const STANDS_FOR_MS = 3_600_000;

/** Takes on that a customer is reminded because a person asks for it, and shows what was sent. */
@Injectable()
export class ReminderRequestService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly proposals: ProposalsRepository,
    private readonly reminders: InvoiceRemindersRepository,
    private readonly facts: ReminderFactsService,
    private readonly links: PortalLinksService,
    private readonly jobs: JobsService,
    private readonly mail: MailClient,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Has the customer of an invoice reminded now, at any time of day. One that waits, or went out within the hour,
   * stands for it, so that asking twice sends one. Throws a conflict where nothing is to be paid, or no mail server is
   * named.
   */
  async queue({ orgId, userId }: AuthenticatedUser, invoiceId: number): Promise<InvoiceReminder> {
    return this.dataSource.transaction(async (tx) => {
      const invoice = await this.invoices.getInOrg(tx, orgId, invoiceId);
      const { proposalId, dueOn } = invoice;
      await this.proposals.getForUpdate(tx, orgId, proposalId);
      if (!this.mail.configured) throw smtpNotConfigured('remind the customer in another way.');
      const now = this.clock.now();
      const since = after(now, -STANDS_FOR_MS);
      const recent = await this.reminders.findRecent(tx, orgId, invoiceId, { now, since });
      if (recent) return recent;
      const { obstacle, customer } = await this.facts.gather(tx, { orgId, invoiceId });
      if (obstacle) throw new DomainError('conflict', obstacle.code, obstacle.reason);
      const emailedTo = customer.email;
      await this.links.assertMayEmail(tx, { orgId, createdBy: userId, emailedTo });
      const asked = { orgId, invoiceId, dueOn, askedBy: userId, emailedTo, createdAt: now };
      const reminder = await this.reminders.insertAsked(tx, asked);
      await this.jobs.enqueue(tx, 'invoice.reminder.send', { orgId, reminderId: reminder.id });
      await this.audit.record(tx, orgId, {
        action: 'invoice.reminded',
        subject: `invoice:${invoiceId}`,
        proposalId,
        after: { to: emailedTo },
      });
      return reminder;
    });
  }

  /** One more than the page holds, newest first. Throws where there is no such invoice. */
  async list(orgId: number, invoiceId: number, query: PageQuery): Promise<InvoiceReminder[]> {
    const tx = this.dataSource.manager;
    const window = { limit: query.limit, beforeId: afterId(query) };
    await this.invoices.getInOrg(tx, orgId, invoiceId);
    return this.reminders.listOfInvoice(tx, orgId, invoiceId, window);
  }
}
