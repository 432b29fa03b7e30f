import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { User } from '../../auth/people/user.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { dayText, moneyText } from '../../messages/format.js';
import type { Message } from '../../platform/mail/mail.client.js';
import { reachText } from '../email/mail-words.js';
import type { InvoiceReminder } from './invoice-reminder.entity.js';
import type { Remindable } from './reminder-facts.service.js';
import { type ReminderLink, ReminderLinkService } from './reminder-link.service.js';
import { reminderMail } from './reminder-mail.js';

/** What a message says beside its facts and its link. */
export interface ReminderSender {
  company: string;
  seller: User;
}

/** Writes the e-mail of a reminder. Replies go to the person who stands behind it. */
@Injectable()
export class ReminderMessageService {
  constructor(
    private readonly orgs: OrgsService,
    private readonly links: ReminderLinkService,
  ) {}

  async senderOf(reminder: InvoiceReminder, { proposal }: Remindable): Promise<ReminderSender> {
    const { name: company } = await this.orgs.get(reminder.orgId);
    return { company, seller: await this.links.sellerOf(reminder, proposal) };
  }

  /** As part of the caller's transaction, which keeps what is to be kept of the link. Only where it may be charged. */
  async write(
    tx: EntityManager,
    reminder: InvoiceReminder,
    { invoice, proposal, customer, settings, charge, today }: Remindable,
    { company, seller }: ReminderSender,
  ): Promise<{ message: Message; kept: ReminderLink['kept'] }> {
    const { url, expiresAt, kept } = await this.links.linkOf(tx, reminder, proposal, seller.id);
    const words = reminderMail({
      company,
      customerName: customer.fullName,
      sellerName: seller.isActive ? seller.fullName : null,
      invoiceNumber: charge.invoice!.number,
      proposalName: proposal.name,
      open: moneyText(charge.answer.owed ? charge.answer.amountCents : 0, proposal.currency),
      dueOn: invoice.dueOn,
      today,
      url,
      expiresOn: dayText(expiresAt, settings.timeZone),
      reach: reachText(settings.papers),
    });
    const message = {
      ...words,
      id: `invoice-reminder-${reminder.orgId}-${reminder.id}`,
      fromName: company,
      to: { name: customer.fullName ?? '', address: customer.email },
      ...(seller.isActive ? { replyTo: { name: seller.fullName, address: seller.email } } : {}),
    };
    return { message, kept };
  }
}
