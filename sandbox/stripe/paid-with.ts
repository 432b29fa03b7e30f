/** An address with nothing in it, as where a form did not ask for one. */
export const NO_ADDRESS = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
} as const;

/** The card that pays in the sandbox: Visa's test card. */
const CARD = {
  amount_authorized: null,
  authorization_code: null,
  brand: 'visa',
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country: 'US',
  exp_month: 12,
  exp_year: 2034,
  fingerprint: 'Xt5EWLLDS7FJjR1c',
  funding: 'credit',
  installments: null,
  last4: '4242',
  mandate: null,
  network: 'visa',
  network_token: { used: false },
  network_transaction_id: null,
  three_d_secure: null,
  wallet: null,
} as const;

/** The account that pays in the sandbox: that of Stripe's test bank. */
const BANK = {
  account_holder_type: 'individual',
  account_type: 'checking',
  bank_name: 'STRIPE TEST BANK',
  fingerprint: '1JWtPxqbdX5Gamtz',
  last4: '6789',
  routing_number: '110000000',
} as const;

export interface PaymentMethodDetails {
  type: string;
  card?: Readonly<Record<string, unknown>>;
  us_bank_account?: Readonly<Record<string, unknown>>;
}

/** With what a charge was paid, or was meant to be. */
export function paidWith(method: string): PaymentMethodDetails {
  return method === 'card' ? { type: method, card: CARD } : { type: method, us_bank_account: BANK };
}

/** What the bank that disputes a charge says of it. */
export function disputedWith(method: string, isInquiry: boolean): { type: string; card?: object } {
  const case_type = isInquiry ? 'inquiry' : 'chargeback';
  return method === 'card'
    ? {
        type: method,
        card: { brand: CARD.brand, case_type, network: CARD.network, network_reason_code: '10.4' },
      }
    : { type: method };
}

/** Where a refund goes. */
export function refundedTo(method: string): { type: string; card?: object } {
  const card = {
    reference_status: 'pending',
    reference_type: 'acquirer_reference_number',
    type: 'refund',
  };
  return method === 'card' ? { type: method, card } : { type: method };
}

/** Whether the network let a charge through, and what of that the merchant is told. */
export function outcomeOf(failure: string | null): object {
  const said = { advice_code: null, network_advice_code: null, network_decline_code: null };
  return failure === null
    ? {
        ...said,
        network_status: 'approved_by_network',
        reason: null,
        risk_level: 'normal',
        seller_message: 'Payment complete.',
        type: 'authorized',
      }
    : {
        ...said,
        network_status: 'declined_by_network',
        reason: 'generic_decline',
        risk_level: 'normal',
        seller_message: 'The bank did not return any further details with this decline.',
        type: 'issuer_declined',
      };
}
