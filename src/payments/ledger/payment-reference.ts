import type { Payment } from './payment.entity.js';

/** Stripe's id of a payment, as the customer's receipt and the books have it; the page's where Stripe names none. */
export function referenceOf({
  stripePaymentIntentId,
  stripeSessionId,
}: Pick<Payment, 'stripePaymentIntentId' | 'stripeSessionId'>): string {
  return stripePaymentIntentId ?? stripeSessionId;
}
