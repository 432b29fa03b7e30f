import { percentOfCents } from '../../platform/money/cents.js';
import { chargeableCents, chargeStepCents } from '../stripe-amount.js';

const DEPOSIT_MIN_CENTS = 100;

/**
 * The deposit of a proposal in cents: so many percent of its total, half up to what its currency can be charged in, at
 * least 100 cents and never above the total. Null where the total is less than anything that can be charged. Pure.
 */
export function depositCents(totalCents: number, percent: number, currency: string): number | null {
  const wanted = Math.max(percentOfCents(totalCents, percent), DEPOSIT_MIN_CENTS);
  const step = chargeStepCents(currency);
  const affordable = Math.max(totalCents - (totalCents % step), 0);
  return Math.min(chargeableCents(wanted, currency), affordable) || null;
}
