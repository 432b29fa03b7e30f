import type { Backoff } from '../jobs/backoff.js';
import { centsFromStripe } from './stripe-amount.js';
import { DAY_MS } from '../platform/time/after.js';

/** What Stripe kept of a charge: hundredths of the currency that its money was settled in (ISO 4217, upper case). */
export interface StripeFee {
  feeCents: number;
  feeCurrency: string;
}

/** What Stripe credited for a charge, before its fee: hundredths of the currency that it was settled in. */
export interface StripeSettlement {
  settledCents: number;
  currency: string;
}

interface Movement {
  amount: number;
  fee: number;
  currency: string;
}

/** As much of a payment intent as says what its charge cost and brought, with both expanded. */
export interface IntentWithFee {
  latest_charge: string | { balance_transaction: string | Movement | null } | null;
}

/** Stripe writes the balance transaction of a charge some seconds after the charge, so nobody asks before that. */
export const FIRST_READ_MS = 60_000;

/** From two minutes to a day apart: a fee that is not there after some ten days stays unknown. */
export const FEE_BACKOFF: Backoff = {
  firstMs: 120_000,
  maxMs: DAY_MS,
  jitter: 0.2,
  attemptsMax: 20,
};

/** Null where Stripe does not know it yet. Throws NotMoneyError on a fee that is no whole number. Pure. */
export function stripeFeeOf(intent: IntentWithFee): StripeFee | null {
  const movement = movementOf(intent);
  if (movement === null) return null;
  const feeCurrency = movement.currency.toUpperCase();
  return { feeCents: centsFromStripe(movement.fee, feeCurrency), feeCurrency };
}

/** The same of what arrived. */
export function stripeSettlementOf(intent: IntentWithFee): StripeSettlement | null {
  const movement = movementOf(intent);
  if (movement === null) return null;
  const currency = movement.currency.toUpperCase();
  return { settledCents: centsFromStripe(movement.amount, currency), currency };
}

function movementOf({ latest_charge: charge }: IntentWithFee): Movement | null {
  const movement = charge !== null && typeof charge === 'object' ? charge.balance_transaction : null;
  const isThere = movement !== null && typeof movement === 'object' && typeof movement.currency === 'string';
  return isThere ? movement : null;
}
