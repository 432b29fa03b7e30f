import { moneyText } from '../messages/format.js';
import {
  chargeableCents,
  chargeablePercent,
  chargeLimits,
  chargeStepCents,
} from '../platform/money/charge-amount.js';

const DEPOSIT_MIN_CENTS = 100;

/** The deposit of a proposal: frozen with its approval, before that by the organisation's setting. */
export interface Deposit {
  percent: number;
  /** Null where the total is less than anything that can be charged. */
  cents: number | null;
}

/**
 * The deposit of a proposal in cents: so many percent of its total, half up to what its currency can be charged in, at
 * least 100 cents or what Stripe charges at the least, and never above the total. Null where the total is less than
 * anything that can be charged. The one rule for page, payment page and invoice. Pure.
 */
export function depositCents(totalCents: number, percent: number, currency: string): number | null {
  const least = Math.max(DEPOSIT_MIN_CENTS, chargeLimits(currency).leastCents);
  const wanted = Math.max(chargeablePercent(currency, totalCents, percent), least);
  const step = chargeStepCents(currency);
  const affordable = Math.max(totalCents - (totalCents % step), 0);
  return Math.min(chargeableCents(wanted, currency), affordable) || null;
}

/** The deposit that is asked for: the one that was approved, else the one that the setting makes now. Pure. */
export function depositOf(
  proposal: {
    amountCents: number | null;
    currency: string;
    depositPercent: number | null;
    depositCents: number | null;
  },
  percentNow: number,
): Deposit {
  const { amountCents, currency, depositPercent } = proposal;
  const percent = depositPercent ?? percentNow;
  // Of one that was approved by SQL the percent may be written alone.
  const cents = depositPercent === null ? null : proposal.depositCents;
  return { percent, cents: cents ?? depositCents(amountCents ?? 0, percent, currency) };
}

/** Why an amount cannot be charged at Stripe in one payment; null where it can. Pure. */
export function chargeProblem(
  cents: number,
  currency: string,
): { code: 'amount_below_minimum' | 'amount_above_maximum'; message: string } | null {
  const { leastCents, mostCents } = chargeLimits(currency);
  const amount = moneyText(cents, currency);
  if (cents < leastCents) {
    return {
      code: 'amount_below_minimum',
      message: `${amount} cannot be paid online: Stripe takes ${moneyText(leastCents, currency)} at the least.`,
    };
  }
  if (cents > mostCents) {
    return {
      code: 'amount_above_maximum',
      message: `${amount} cannot be paid online: Stripe takes ${moneyText(mostCents, currency)} at the most.`,
    };
  }
  return null;
}
