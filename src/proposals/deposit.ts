import { moneyText } from '../messages/format.js';
import {
  chargeableCents,
  chargeablePercent,
  chargeLimits,
  chargeStepCents,
} from '../platform/money/charge-amount.js';
import { shareOfCents } from '../platform/money/cents.js';

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
  return noMoreThan(chargeableCents(wanted, currency), totalCents, currency);
}

/**
 * The deposit that is asked for: the one that was approved, else the one that the setting makes now. Of a proposal that
 * was approved by SQL the percent may be written alone, or the cents, and either may be more than the whole. Pure.
 */
export function depositOf(
  proposal: {
    amountCents: number | null;
    currency: string;
    depositPercent: number | null;
    depositCents: number | null;
  },
  percentNow: number,
): Deposit {
  const { currency } = proposal;
  const amountCents = proposal.amountCents ?? 0;
  const written = proposal.depositCents;
  const percent = withinWhole(proposal.depositPercent ?? shareOf(written, amountCents) ?? percentNow);
  if (written === null) return { percent, cents: depositCents(amountCents, percent, currency) };
  const chargeable = chargeableCents(written, currency);
  // Both as they were approved, unless somebody wrote them by SQL.
  const isApproved = proposal.depositPercent !== null;
  if (isApproved && amountCents <= 0) return { percent, cents: chargeable };
  return { percent, cents: noMoreThan(chargeable, amountCents, currency) };
}

/** Which percentage of the total an amount is, with two decimals; null where there is nothing to tell it by. */
function shareOf(cents: number | null, totalCents: number): number | null {
  return cents === null || totalCents <= 0 ? null : shareOfCents(10_000, cents, totalCents) / 100;
}

function withinWhole(percent: number): number {
  return Math.max(0, Math.min(percent, 100));
}

/** At most what can be charged of the total; null where that is nothing. */
function noMoreThan(cents: number, totalCents: number, currency: string): number | null {
  const affordable = Math.max(totalCents - (totalCents % chargeStepCents(currency)), 0);
  return Math.min(cents, affordable) || null;
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
