import { randomBytes } from 'node:crypto';
import type { BalanceTransaction, Payout } from './balance-objects.ts';
import type { IntentTexts, PageOptions } from './checkout-options.ts';
import type { NO_ADDRESS, PaymentMethodDetails } from './paid-with.ts';

type Address = Record<keyof typeof NO_ADDRESS, string | null>;

export interface CustomerDetails {
  address: Address | null;
  business_name: null;
  email: string;
  individual_name: null;
  name: string | null;
  phone: null;
  tax_exempt: 'none';
  tax_ids: [] | null;
}

/** Stripe's objects as its API shows them: snake case, integer minor units, epoch seconds. */
export interface Session extends PageOptions {
  id: string;
  object: 'checkout.session';
  allowed_payment_method_types: readonly string[] | null;
  amount_subtotal: number;
  amount_total: number;
  automatic_tax: { enabled: false; liability: null; provider: null; status: null };
  cancel_url: string | null;
  client_reference_id: string | null;
  created: number;
  currency: string;
  custom_fields: [];
  custom_text: Record<string, null>;
  customer: null;
  customer_details: CustomerDetails | null;
  customer_email: string | null;
  discounts: [];
  expires_at: number;
  livemode: false;
  metadata: Record<string, string>;
  mode: 'payment';
  payment_intent: string | null;
  payment_method_types: readonly string[];
  payment_status: 'paid' | 'unpaid';
  shipping_options: [];
  status: 'open' | 'complete' | 'expired';
  success_url: string;
  total_details: { amount_discount: 0; amount_shipping: 0; amount_tax: 0 };
  /** Its name in versions before dahlia; what is shown is that of the version asked for. */
  ui_mode: 'hosted';
  url: string | null;
}

export interface PaymentIntent extends IntentTexts {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_details: { tip: object };
  amount_received: number;
  capture_method: 'automatic_async';
  client_secret: string;
  confirmation_method: 'automatic';
  created: number;
  currency: string;
  description: string | null;
  last_payment_error: { code: string; decline_code?: string; message: string; type: string } | null;
  latest_charge: string | null;
  livemode: false;
  metadata: Record<string, string>;
  /** With what it is paid; null again where that was declined. */
  payment_method: string | null;
  payment_method_types: readonly string[];
  status: 'requires_payment_method' | 'processing' | 'succeeded';
}

export interface Charge extends IntentTexts {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  balance_transaction: string | null;
  billing_details: { address: Address; email: string | null; name: string | null; phone: null; tax_id: null };
  captured: boolean;
  created: number;
  currency: string;
  description: string | null;
  disputed: boolean;
  failure_code: string | null;
  failure_message: string | null;
  livemode: false;
  metadata: Record<string, string>;
  paid: boolean;
  payment_intent: string;
  outcome: object;
  payment_method: string;
  payment_method_details: PaymentMethodDetails;
  refunded: boolean;
  status: 'succeeded' | 'pending' | 'failed';
}

export type RefundStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';

export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  balance_transaction: string | null;
  charge: string;
  created: number;
  currency: string;
  destination_details: { type: string; card?: object };
  failure_balance_transaction?: string;
  failure_reason?: string;
  metadata: Record<string, string>;
  payment_intent: string;
  reason: string | null;
  receipt_number: null;
  source_transfer_reversal: null;
  status: RefundStatus;
  transfer_reversal: null;
}

export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost';

export interface Dispute {
  id: string;
  object: 'dispute';
  amount: number;
  balance_transactions: BalanceTransaction[];
  charge: string;
  created: number;
  currency: string;
  enhanced_eligibility_types: [];
  evidence: Record<string, unknown>;
  evidence_details: {
    due_by: number | null;
    enhanced_eligibility: object;
    has_evidence: boolean;
    past_due: boolean;
    submission_count: number;
  };
  is_charge_refundable: boolean;
  livemode: false;
  metadata: Record<string, string>;
  payment_intent: string;
  payment_method_details: { type: string; card?: object };
  reason: string;
  status: DisputeStatus;
}

export type StripeObject = Session | PaymentIntent | Charge | Refund | Dispute | Payout;

/** What a webhook announces. The object is as it was when the event happened. */
export interface StripeEvent {
  id: string;
  object: 'event';
  /** The connected account it happened in; absent for the platform's own. */
  account?: string;
  api_version: string;
  created: number;
  data: { object: StripeObject };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789';

/** An id in Stripe's form: `pi_3Q…`. */
export function newId(prefix: string, length = 24): string {
  const tail = Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
  return `${prefix}_${tail}`;
}

/** Called for every event, with the object as it is at that moment. */
export type EmitEvent = (type: string, object: StripeObject) => void;
