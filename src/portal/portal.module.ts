import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { OrgsModule } from '../orgs/orgs.module.js';
import { ContractsModule } from '../contracts/contracts.module.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { InvoicesModule } from '../invoices/invoices.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { ChangeOrdersModule } from '../change-orders/change-orders.module.js';
import { MailModule } from '../platform/mail/mail.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ProposalsModule } from '../proposals/proposals.module.js';
import { ChangeOrderApproval } from './approval/change-order-approval.entity.js';
import { ChangeOrderApprovalsRepository } from './approval/change-order-approvals.repository.js';
import { ChangeOrderSigningService } from './approval/change-order-signing.service.js';
import { CustomerApprovalService } from './approval/customer-approval.service.js';
import { ProposalApproval } from './approval/proposal-approval.entity.js';
import { ProposalApprovalsRepository } from './approval/proposal-approvals.repository.js';
import { ProposalDeliveryService } from './email/proposal-delivery.service.js';
import { ProposalMailWriterService } from './email/proposal-mail-writer.service.js';
import { ProposalMailingService } from './email/proposal-mailing.service.js';
import { UndeliveredMailService } from './email/undelivered-mail.service.js';
import { UndeliveredMailRepository } from './email/undelivered-mail.repository.js';
import { PortalLink } from './links/portal-link.entity.js';
import { PortalLinksController } from './links/portal-links.controller.js';
import { PortalLinksRepository } from './links/portal-links.repository.js';
import { PortalLinksService } from './links/portal-links.service.js';
import { PageContractService } from './page/facts/page-contract.service.js';
import { PageMoneyService } from './page/facts/page-money.service.js';
import { PageFactsService } from './page/facts/page-facts.service.js';
import { PageReplyService } from './page/request/page-reply.service.js';
import { PortalChangeOrderController } from './page/portal-change-order.controller.js';
import { PortalPageController } from './page/portal-page.controller.js';
import { PortalPageService } from './page/portal-page.service.js';
import { PortalReturnController } from './page/portal-return.controller.js';
import { InvoiceReminder } from './reminders/invoice-reminder.entity.js';
import { InvoiceRemindersRepository } from './reminders/invoice-reminders.repository.js';
import { ReminderDeliveryService } from './reminders/reminder-delivery.service.js';
import { ReminderFactsService } from './reminders/reminder-facts.service.js';
import { ReminderLinkService } from './reminders/reminder-link.service.js';
import { ReminderLooksRepository } from './reminders/reminder-looks.repository.js';
import { ReminderLooksService } from './reminders/reminder-looks.service.js';
import { ReminderMessageService } from './reminders/reminder-message.service.js';
import { ReminderOutcomeService } from './reminders/reminder-outcome.service.js';
import { ReminderRequestService } from './reminders/reminder-request.service.js';
import { RemindersController } from './reminders/reminders.controller.js';

const REMINDERS = [
  InvoiceRemindersRepository,
  ReminderLooksRepository,
  ReminderFactsService,
  ReminderLinkService,
  ReminderMessageService,
  ReminderOutcomeService,
  ReminderLooksService,
  ReminderDeliveryService,
  ReminderRequestService,
];

/**
 * The customer's own page of a proposal: the links to it, the e-mails that bring one and remind of invoices, approving
 * and paying.
 */
@Module({
  imports: [
    AuthModule,
    OrgsModule,
    CustomersModule,
    ContractsModule,
    InboxModule,
    InvoicesModule,
    ProposalsModule,
    ChangeOrdersModule,
    PaymentsModule,
    MailModule,
    TypeOrmModule.forFeature([PortalLink, ProposalApproval, ChangeOrderApproval, InvoiceReminder]),
  ],
  controllers: [
    PortalLinksController,
    PortalChangeOrderController,
    PortalPageController,
    PortalReturnController,
    RemindersController,
  ],
  providers: [
    PortalLinksRepository,
    PortalLinksService,
    ProposalApprovalsRepository,
    CustomerApprovalService,
    ChangeOrderApprovalsRepository,
    ChangeOrderSigningService,
    ProposalMailingService,
    ProposalMailWriterService,
    ProposalDeliveryService,
    UndeliveredMailRepository,
    UndeliveredMailService,
    PageContractService,
    PageMoneyService,
    PageFactsService,
    PageReplyService,
    PortalPageService,
    ...REMINDERS,
  ],
})
export class PortalModule {}
