import type { ListedPayment } from './invoice-payments.repository.js';
import type { InvoicePaymentView } from './invoice-payments.dto.js';

export function invoicePaymentView(payment: ListedPayment): InvoicePaymentView {
  return {
    id: payment.id,
    qbo_payment_id: payment.paymentId,
    amount_cents: payment.amountCents,
    paid_on: payment.paidOn,
    kind: payment.kind,
  };
}
