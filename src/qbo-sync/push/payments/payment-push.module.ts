import { Module } from '@nestjs/common';
import { InboxModule } from '../../../inbox/inbox.module.js';
import { OrgsModule } from '../../../orgs/orgs.module.js';
import { ProposalsModule } from '../../../proposals/proposals.module.js';
import { QboApiModule } from '../../api/qbo-api.module.js';
import { QboConnectionModule } from '../../connection/qbo-connection.module.js';
import { QboOperationsModule } from '../../operations/qbo-operations.module.js';
import { InvoiceProjectionModule } from '../../pull/invoices/invoice-projection.module.js';
import { InvoicePushModule } from '../invoices/invoice-push.module.js';
import { PaymentPushService } from './payment-push.service.js';
import { PaymentWorkerService } from './payment-worker.service.js';
import { RefundPushService } from './refund-push.service.js';

/** Payments and refunds of deposits into QuickBooks. */
@Module({
  imports: [
    InboxModule,
    OrgsModule,
    ProposalsModule,
    QboApiModule,
    QboConnectionModule,
    QboOperationsModule,
    InvoiceProjectionModule,
    InvoicePushModule,
  ],
  providers: [PaymentPushService, RefundPushService, PaymentWorkerService],
  exports: [PaymentPushService, RefundPushService],
})
export class PaymentPushModule {}
