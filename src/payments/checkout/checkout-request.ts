import type { NamedKey } from '../../invoices/invoice-key.js';
import { paymentTitle } from '../../invoices/payment-name.js';
import { cutText } from '../../platform/text/cut-text.js';
import { normalizedText } from '../../platform/text/normalized-text.js';
import { stripeAmountOf } from '../stripe-amount.js';
import { stripeEmailOf } from './stripe-email.js';

/** What a customer is asked to pay, and where the hosted page leads afterwards. */
export interface Asked {
  orgId: number;
  proposalId: number;
  /** What is to be paid. */
  key: NamedKey;
  /** Its invoice; null where QuickBooks has none yet. */
  invoice: { id: number; number: string } | null;
  proposalName: string;
  customerEmail: string | null;
  /** Hundredths of the currency unit, chargeable in it. */
  amountCents: number;
  totalCents: number;
  depositPercent: number;
  /** ISO 4217, upper case. */
  currency: string;
  returnTo: ReturnAddresses;
}

export interface ReturnAddresses {
  /** `{CHECKOUT_SESSION_ID}` in it is replaced by Stripe. */
  successUrl: string;
  cancelUrl: string;
}

export interface CheckoutOptions {
  /** Total of the proposal in cents, where it has none of its own. */
  totalCents?: number;
  /** Where the hosted page leads afterwards, if not to the portal's own pages. An open session keeps its own. */
  returnTo?: ReturnAddresses;
}

/** The body of `POST /v1/checkout/sessions`, as it is stored before it is sent and repeated after a lost answer. */
export interface CheckoutRequest {
  mode: 'payment';
  /** Else Stripe may let the customer pay in a currency that the books never saw. */
  adaptive_pricing: { enabled: false };
  client_reference_id: string;
  customer_email?: string;
  line_items: {
    quantity: number;
    price_data: { currency: string; unit_amount: number; product_data: { name: string } };
  }[];
  metadata: Record<string, string>;
  payment_intent_data: { description: string; metadata: Record<string, string> };
  success_url: string;
  cancel_url: string;
}

const PRODUCT_NAME_MAX = 200;

/** Puts what is asked into Stripe's words. Pure. */
export function checkoutRequestOf(asked: Asked): CheckoutRequest {
  const { proposalId, currency } = asked;
  const email = stripeEmailOf(asked.customerEmail);
  const { key, invoice } = asked;
  const metadata = {
    proposal_id: String(proposalId),
    org_id: String(asked.orgId),
    kind: key.kind,
    sequence: String(key.sequence),
    ...(invoice === null ? {} : { invoice_id: String(invoice.id), invoice_number: invoice.number }),
    deposit_percent: String(asked.depositPercent),
    total_amount_cents: String(asked.totalCents),
  };
  const number = invoice === null ? '' : ` (invoice ${invoice.number})`;
  const what = normalizedText(`${paymentTitle(key)} for ${asked.proposalName}`);
  const name = `${cutText(what, PRODUCT_NAME_MAX - number.length)}${number}`;
  return {
    mode: 'payment',
    adaptive_pricing: { enabled: false },
    client_reference_id: `proposal-${proposalId}`,
    ...(email === null ? {} : { customer_email: email }),
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: currency.toLowerCase(),
          unit_amount: stripeAmountOf(asked.amountCents, currency),
          product_data: { name },
        },
      },
    ],
    metadata,
    payment_intent_data: { description: name, metadata },
    success_url: asked.returnTo.successUrl,
    cancel_url: asked.returnTo.cancelUrl,
  };
}
