import type { Backoff } from '../jobs/backoff.js';
import { centsFromStripe } from './stripe-amount.js';

/** What Stripe kept of a charge: hundredths of the currency that its money was settled in (ISO 4217, upper case). */
export interface StripeFee {
  feeCents: number;
  feeCurrency: string;
}

/** As much of a payment intent as says what its charge cost, with both expanded. */
export interface IntentWithFee {
  latest_charge: string | { balance_transaction: string | { fee: number; currency: string } | null } | null;
}

/** Stripe writes the balance transaction of a charge some seconds after the charge, so nobody asks before that. */
export const FIRST_READ_MS = 60_000;

/** From two minutes to a day apart: a fee that is not there after some ten days stays unknown. */
export const FEE_BACKOFF: Backoff = {
  firstMs: 120_000,
  maxMs: 86_400_000,
  jitter: 0.2,
  attemptsMax: 20,
};

/** Null where Stripe does not know it yet. Throws NotMoneyError on a fee that is no whole number. Pure. */
export function stripeFeeOf({ latest_charge: charge }: IntentWithFee): StripeFee | null {
  const movement = charge !== null && typeof charge === 'object' ? charge.balance_transaction : null;
  if (movement === null || typeof movement === 'string') return null;
  const feeCurrency = movement.currency.toUpperCase();
  return { feeCents: centsFromStripe(movement.fee, feeCurrency), feeCurrency };
}
