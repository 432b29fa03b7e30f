import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Customer } from '../../customers/customer.entity.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { MAIL_CODES } from '../../messages/inbox-messages.js';
import { proposalNotEmailed, reminderNotSent } from '../../messages/inbox-reasons.js';
import { Clock } from '../../platform/time/clock.js';
import type { Lead } from '../../proposals/lead.entity.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import type { PortalLink } from '../links/portal-link.entity.js';
import { ReminderLooksRepository } from '../reminders/reminder-looks.repository.js';
import type { InvoiceReminder } from '../reminders/invoice-reminder.entity.js';

const REMINDER = 'invoice.reminder:';
const PROPOSAL = 'proposal.email:';

/**
 * Puts before a person what a customer was to get by e-mail and did not: one item for each invoice and proposal, which
 * closes by itself when a later e-mail about it was taken. Parts of the caller's transaction.
 */
@Injectable()
export class UndeliveredMailService {
  constructor(
    private readonly inbox: InboxRepository,
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

  /**
   * Closes what is no matter any more: the invoice is settled or gone, the proposal was cancelled or its customer has
   * signed it, nobody is to write to the customer, or a reminder that went out by itself would go out no more. Answers
   * how many are left.
   */
  async closePointless(tx: EntityManager, orgId: number, isReminding: boolean): Promise<number> {
    const open = await tx.query<{ subject: string; pointless: boolean }[]>(
      `select b.subject, i.state in ('paid', 'settled_by_credit', 'voided', 'deleted') or not c.is_active
                    or r.offset_days is not null and not ($3 and c.reminders and i.reminders) as pointless
         from inbox_items b
         join invoices i on i.org_id = b.org_id and b.subject = '${REMINDER}' || i.id
         join leads l on l.org_id = i.org_id and l.id = i.proposal_id
         join customers c on c.org_id = l.org_id and c.id = l.customer_id
         left join lateral (
           select r.offset_days from invoice_reminders r where r.org_id = i.org_id and r.invoice_id = i.id
            order by r.id desc limit 1) r on true
        where b.org_id = $1 and b.state = 'open' and b.code = any($2)
        union all
       select b.subject, l.status = 'cancelled' or not c.is_active or exists (
                select from proposal_approvals a where a.org_id = l.org_id and a.proposal_id = l.id)
         from inbox_items b
         join leads l on l.org_id = b.org_id and b.subject = '${PROPOSAL}' || l.id
         join customers c on c.org_id = l.org_id and c.id = l.customer_id
        where b.org_id = $1 and b.state = 'open' and b.code = any($2)
        order by 1`,
      [orgId, MAIL_CODES, isReminding],
    );
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
  return `${REMINDER}${invoiceId}`;
}

function proposalSubject(proposalId: number): string {
  return `${PROPOSAL}${proposalId}`;
}

function nameOf({ fullName, email }: Customer): string {
  return fullName ?? email;
}
