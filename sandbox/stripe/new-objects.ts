import { ABSENT } from './absent-fields.ts';
import { type Charge, type PaymentIntent, type Session, newId } from './objects.ts';
import type { CheckoutParams } from './checkout-params.ts';

/**
 * A fresh session for an order. `now` is in epoch seconds; `checkoutUrl` makes the hosted page's address from
 * the id.
 */
export function newSession(order: CheckoutParams, now: number, checkoutUrl: (id: string) => string): Session {
  const id = newId('cs_test', 56);
  return {
    ...ABSENT.session,
    id,
    object: 'checkout.session',
    allowed_payment_method_types: order.allowedPaymentMethodTypes,
    amount_subtotal: order.amount,
    amount_total: order.amount,
    automatic_tax: { enabled: false, status: null },
    cancel_url: order.cancelUrl,
    client_reference_id: order.clientReferenceId,
    created: now,
    currency: order.currency,
    customer: null,
    customer_details: order.customerEmail === null ? null : { email: order.customerEmail, name: null },
    customer_email: order.customerEmail,
    expires_at: order.expiresAt,
    livemode: false,
    metadata: order.metadata,
    mode: 'payment',
    payment_intent: null,
    payment_method_types: order.paymentMethodTypes,
    payment_status: 'unpaid',
    status: 'open',
    success_url: order.successUrl,
    ui_mode: 'hosted',
    url: checkoutUrl(id),
  };
}

/** The intent to take a session's money, made when the customer first tries. */
export function newIntent(session: Session, order: CheckoutParams | undefined, now: number): PaymentIntent {
  return {
    ...ABSENT.intent,
    id: newId('pi'),
    object: 'payment_intent',
    amount: session.amount_total,
    amount_received: 0,
    created: now,
    currency: session.currency,
    description: order?.intentDescription ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: order?.intentMetadata ?? {},
    payment_method_types: session.payment_method_types,
    status: 'requires_payment_method',
  };
}

/** One attempt at taking the money, with `failure` when it was declined. */
export function newCharge(
  intent: PaymentIntent,
  method: string,
  status: Charge['status'],
  now: number,
  failure: string | null,
): Charge {
  return {
    ...ABSENT.charge,
    id: newId(method === 'card' ? 'ch' : 'py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    balance_transaction: null,
    captured: false,
    created: now,
    currency: intent.currency,
    description: intent.description,
    disputed: false,
    failure_code: failure === null ? null : 'card_declined',
    failure_message: failure,
    livemode: false,
    metadata: { ...intent.metadata },
    paid: false,
    payment_intent: intent.id,
    payment_method_details: { type: method },
    refunded: false,
    status,
  };
}
