import { ABSENT } from './absent-fields.ts';
import { type Charge, type CustomerDetails, type PaymentIntent, type Session, newId } from './objects.ts';
import type { CheckoutParams } from './checkout-params.ts';
import { NO_TEXTS } from './checkout-options.ts';
import { NO_ADDRESS, outcomeOf, paidWith } from './paid-with.ts';

/** What is known of a customer before they paid: an address of theirs, or nothing. */
function customerDetails(email: string): CustomerDetails {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  };
}

/** What the hosted page had the customer fill in. */
export function filledIn(known: CustomerDetails | null): CustomerDetails {
  const details = known ?? customerDetails('customer@sandbox.example');
  const address = { ...NO_ADDRESS, country: 'US', postal_code: '94107' };
  return { ...details, address, name: 'Sandy Box', tax_ids: [] };
}

/**
 * A fresh session for an order. `now` is in epoch seconds; `checkoutUrl` makes the hosted page's address from
 * the id.
 */
export function newSession(order: CheckoutParams, now: number, checkoutUrl: (id: string) => string): Session {
  const id = newId('cs_test', 56);
  return {
    ...ABSENT.session,
    ...order.pageOptions,
    id,
    object: 'checkout.session',
    allowed_payment_method_types: order.allowedPaymentMethodTypes,
    amount_subtotal: order.amount,
    amount_total: order.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    cancel_url: order.cancelUrl,
    client_reference_id: order.clientReferenceId,
    created: now,
    currency: order.currency,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: null,
    customer_details: order.customerEmail === null ? null : customerDetails(order.customerEmail),
    customer_email: order.customerEmail,
    discounts: [],
    expires_at: order.expiresAt,
    livemode: false,
    metadata: order.metadata,
    mode: 'payment',
    payment_intent: null,
    payment_method_types: order.paymentMethodTypes,
    payment_status: 'unpaid',
    shipping_options: [],
    status: 'open',
    success_url: order.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted',
    url: checkoutUrl(id),
  };
}

/** The intent to take a session's money, made when the customer first tries. */
export function newIntent(session: Session, order: CheckoutParams | undefined, now: number): PaymentIntent {
  const id = newId('pi');
  return {
    ...ABSENT.intent,
    id,
    object: 'payment_intent',
    amount: session.amount_total,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    capture_method: 'automatic_async',
    client_secret: newId(`${id}_secret`),
    confirmation_method: 'automatic',
    created: now,
    currency: session.currency,
    description: order?.intentDescription ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: order?.intentMetadata ?? {},
    payment_method: null,
    payment_method_types: session.payment_method_types,
    ...(order?.intentTexts ?? NO_TEXTS),
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
  payer: CustomerDetails,
): Charge {
  return {
    ...ABSENT.charge,
    id: newId(method === 'card' ? 'ch' : 'py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    balance_transaction: null,
    billing_details: {
      address: payer.address ?? NO_ADDRESS,
      email: payer.email,
      name: payer.name,
      phone: null,
      tax_id: null,
    },
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
    outcome: outcomeOf(failure),
    payment_method: newId('pm'),
    payment_method_details: paidWith(method),
    receipt_email: intent.receipt_email,
    refunded: false,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status,
    transfer_group: intent.transfer_group,
  };
}
