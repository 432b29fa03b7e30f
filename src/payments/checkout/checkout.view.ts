import type { OpenCheckout } from './checkout.service.js';
import type { CheckoutView } from './checkout.dto.js';

/** Shows an open page. */
export function checkoutView(checkout: OpenCheckout): CheckoutView {
  return {
    checkout_url: checkout.checkoutUrl,
    session_id: checkout.sessionId,
    deposit_cents: checkout.amountCents,
    amount_cents: checkout.amountCents,
    kind: checkout.kind,
    invoice_id: checkout.invoiceId,
    total_cents: checkout.totalCents,
    ...(checkout.devMode ? { dev_mode: true as const } : {}),
  };
}
