import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Customer } from '../../customers/customer.entity.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { proposalNotEmailed, reminderNotSent } from '../../messages/reasons/mail-reasons.js';
import { Clock } from '../../platform/time/clock.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { ReminderLooksRepository } from '../reminders/reminder-looks.repository.js';
import type { InvoiceReminder } from '../reminders/invoice-reminder.entity.js';
import { PROPOSAL_MAIL, REMINDER_MAIL } from './mail-subjects.js';
import { UndeliveredMailRepository } from './undelivered-mail.repository.js';

/**
 * Puts before a person what a customer was to get by e-mail and did not: one item for each invoice and proposal, which
 * closes by itself when a later e-mail about it was taken. Parts of the caller's transaction.
 */
@Injectable()
export class UndeliveredMailService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly undelivered: UndeliveredMailRepository,
    private readonly invoices: InvoicesRepository,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly looks: ReminderLooksRepository,
    private readonly clock: Clock,
  ) {}

  /** A reminder that the mail server refused, or of which nobody knows whether it did. `why` is a sentence. */
  async reportReminder(
    tx: EntityManager,
    { orgId, invoiceId }: Pick<InvoiceReminder, 'orgId' | 'invoiceId'>,
    state: 'failed' | 'uncertain',
    why: string,
  ): Promise<void> {
    const invoice = await this.invoices.findInOrg(tx, orgId, invoiceId);
    const about = invoice && (await this.aboutOf(tx, orgId, invoice.proposalId));
    if (!about) return;
    const { proposal, customer } = about;
    await this.inbox.open(tx, {
      orgId,
      subject: reminderSubject(invoiceId),
      code: state === 'failed' ? 'reminder_failed' : 'reminder_uncertain',
      reason: reminderNotSent(invoice.number, { id: proposal.id, customer: nameOf(customer) }, why),
      invoiceId,
      proposalId: proposal.id,
      customerId: customer.id,
    });
    await this.looks.setFirst(tx, orgId, this.clock.now());
  }

  /** The mail server has taken a reminder of the invoice. */
  async reminderSent(tx: EntityManager, { orgId, invoiceId }: InvoiceReminder): Promise<void> {
    await this.inbox.resolveSubject(tx, orgId, reminderSubject(invoiceId));
  }

  /** Closes what is no matter any more. Answers how many are left. */
  async closePointless(
    tx: EntityManager,
    orgId: number,
    { isReminding }: { isReminding: boolean },
  ): Promise<number> {
    const open = await this.undelivered.listOpen(tx, orgId, { isReminding });
    const pointless = open.filter((item) => item.pointless);
    for (const { subject } of pointless) await this.inbox.resolveSubject(tx, orgId, subject);
    return open.length - pointless.length;
  }

  /** An e-mail with a link to a proposal that the mail server refused. `why` is a sentence. */
  async reportProposal(
    tx: EntityManager,
    { orgId, proposalId }: Pick<PortalLink, 'orgId' | 'proposalId'>,
    why: string,
  ): Promise<void> {
    const about = await this.aboutOf(tx, orgId, proposalId);
    if (!about) return;
    const { proposal, customer } = about;
    const named = { id: proposalId, name: proposal.name, customer: nameOf(customer) };
    await this.inbox.open(tx, {
      orgId,
      subject: proposalSubject(proposalId),
      code: 'proposal_not_emailed',
      reason: proposalNotEmailed(named, why),
      proposalId,
      customerId: customer.id,
    });
    await this.looks.setFirst(tx, orgId, this.clock.now());
  }

  /** The mail server has taken an e-mail with a link to the proposal, or its customer has signed it. */
  async proposalReached(
    tx: EntityManager,
    { orgId, proposalId }: Pick<PortalLink, 'orgId' | 'proposalId'>,
  ): Promise<void> {
    await this.inbox.resolveSubject(tx, orgId, proposalSubject(proposalId));
  }

  private async aboutOf(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
  ): Promise<{ proposal: Lead; customer: Customer } | null> {
    const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
    return proposal && { proposal, customer: await this.customers.getInOrg(tx, orgId, proposal.customerId!) };
  }
}

function reminderSubject(invoiceId: number): string {
  return `${REMINDER_MAIL}${invoiceId}`;
}

function proposalSubject(proposalId: number): string {
  return `${PROPOSAL_MAIL}${proposalId}`;
}

function nameOf({ fullName, email }: Customer): string {
  return fullName ?? email;
}
