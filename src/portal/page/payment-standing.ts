import type { PageFacts } from './page-facts.js';

interface PaymentFacts {
  amountCents: number;
  refundedCents: number;
  currency: string;
  paidAt: Date;
  stripeSessionId: string;
  stripePaymentIntentId: string | null;
}

/** What the payments of a proposal, oldest first, come to: the newest, and what is left of all in the proposal's currency. Pure. */
export function paymentStanding(
  payments: readonly PaymentFacts[],
  currency: string,
): Pick<PageFacts, 'payment' | 'paidCents'> {
  const ours = payments.filter((payment) => payment.currency === currency);
  const newest = ours.at(-1);
  return {
    payment: newest
      ? {
          cents: newest.amountCents,
          refundedCents: newest.refundedCents,
          at: newest.paidAt,
          reference: newest.stripePaymentIntentId ?? newest.stripeSessionId,
        }
      : null,
    paidCents: ours.reduce((sum, payment) => sum + payment.amountCents - payment.refundedCents, 0),
  };
}
