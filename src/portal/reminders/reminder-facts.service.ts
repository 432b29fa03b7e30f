import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Customer } from '../../customers/customer.entity.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import type { Invoice } from '../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { type OrgSettings, OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { ChargeQuestionService } from '../../payments/checkout/charges/charge-question.service.js';
import type { Charge } from '../../payments/checkout/charges/due-charge.js';
import { DisputesRepository } from '../../payments/ledger/disputes/disputes.repository.js';
import { LedgerRepository } from '../../payments/ledger/ledger.repository.js';
import { Config } from '../../platform/config/config.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { type CalendarDay, dayInZone } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import type { Lead } from '../../proposals/rows/lead.entity.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import type { InvoiceReminder } from './invoice-reminder.entity.js';
import { InvoiceRemindersRepository } from './invoice-reminders.repository.js';
import { type Obstacle, reminderObstacle } from './reminder-obstacle.js';

/** An invoice with all that its reminder says, and what speaks against sending one. */
export interface Remindable {
  invoice: Invoice;
  proposal: Lead;
  customer: Customer;
  settings: OrgSettings;
  charge: Charge;
  today: CalendarDay;
  /** Null where it may be sent. */
  obstacle: Obstacle | null;
}

/** A reminder that is queued, or, without an id, one that a person asks for. */
export type Reminder = Pick<InvoiceReminder, 'orgId' | 'invoiceId'> &
  Partial<Pick<InvoiceReminder, 'id' | 'dueOn' | 'offsetDays' | 'askedBy' | 'createdAt'>>;

/** Asks whether a customer may be reminded of an invoice, from the rows as they are. Reads only. */
@Injectable()
export class ReminderFactsService {
  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly proposals: ProposalsRepository,
    private readonly customers: CustomersRepository,
    private readonly settings: OrgSettingsService,
    private readonly question: ChargeQuestionService,
    private readonly disputes: DisputesRepository,
    private readonly ledger: LedgerRepository,
    private readonly reminders: InvoiceRemindersRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Throws not found where the organisation has no such invoice. */
  async gather(tx: EntityManager, reminder: Reminder): Promise<Remindable> {
    const { orgId, invoiceId, dueOn = null, offsetDays = null, askedBy = null, createdAt = null } = reminder;
    const invoice = await this.invoices.findInOrg(tx, orgId, invoiceId);
    const proposal = invoice && (await this.proposals.findInOrg(tx, orgId, invoice.proposalId));
    if (!invoice || !proposal) throw notFound('invoice', invoiceId);
    const customer = await this.customers.getInOrg(tx, orgId, proposal.customerId!);
    const settings = await this.settings.get(orgId, tx);
    const charge = await this.question.ofInvoice(tx, proposal, invoice, { settings });
    const now = this.clock.now();
    const { env, pollIntervalMinutes } = this.config.qbo;
    const today = dayInZone(now, settings.timeZone);
    const obstacle = reminderObstacle({
      step: dueOn === null || offsetDays === null ? null : { dueOn, offsetDays },
      isOn: settings.reminders !== null,
      customer,
      invoice,
      books: await this.reminders.booksOf(tx, invoice, {
        env,
        pollIntervalMs: pollIntervalMinutes * 60_000,
        now,
      }),
      hasMoneyOnAccount: await this.ledger.hasMoneyOnAccount(tx, orgId, customer.id, now),
      newestInvoiceId: charge.invoice?.id ?? null,
      charge: charge.answer,
      isDisputed: await this.disputes.hasOpen(tx, orgId, proposal.id),
      lastSentAt: await this.reminders.lastSentAt(tx, reminder),
      askedAt: askedBy === null ? null : createdAt,
      now,
      today,
    });
    return { invoice, proposal, customer, settings, charge, today, obstacle };
  }
}
