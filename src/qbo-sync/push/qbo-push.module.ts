import { Module } from '@nestjs/common';
import { CreditPushModule } from './credits/credit-push.module.js';
import { CustomerPushModule } from './customers/customer-push.module.js';
import { InvoicePushModule } from './invoices/invoice-push.module.js';
import { PaymentPushModule } from './payments/payment-push.module.js';

/** What goes into QuickBooks. */
@Module({
  imports: [CustomerPushModule, InvoicePushModule, PaymentPushModule, CreditPushModule],
  exports: [CustomerPushModule, InvoicePushModule, PaymentPushModule, CreditPushModule],
})
export class QboPushModule {}
