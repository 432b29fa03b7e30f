import { Module } from '@nestjs/common';
import { CustomerPushModule } from './customers/customer-push.module.js';
import { InvoicePushModule } from './invoices/invoice-push.module.js';
import { PaymentPushModule } from './payments/payment-push.module.js';

/** What goes into QuickBooks. */
@Module({
  imports: [CustomerPushModule, InvoicePushModule, PaymentPushModule],
  exports: [CustomerPushModule, InvoicePushModule, PaymentPushModule],
})
export class QboPushModule {}
