import type { PaymentBalance } from '../../payments/ledger/payment-balance.js';
import type { PageFacts } from './page-facts.js';

interface PaymentOfPage {
  payment: { currency: string; paidAt: Date; stripeSessionId: string; stripePaymentIntentId: string | null };
  balance: PaymentBalance;
}

/**
 * What the payments of a proposal, oldest first, come to in its own currency: the newest, and what of all is with us.
 * Pure.
 */
export function paymentSummary(
  payments: readonly PaymentOfPage[],
  currency: string,
): Pick<PageFacts, 'payment' | 'paidCents'> {
  const ours = payments.filter(({ payment }) => payment.currency === currency);
  const newest = ours.at(-1);
  return {
    payment: newest
      ? {
          cents: newest.balance.amountCents,
          refundedCents: newest.balance.refundedCents,
          lostCents: newest.balance.lostCents,
          at: newest.payment.paidAt,
          reference: newest.payment.stripePaymentIntentId ?? newest.payment.stripeSessionId,
        }
      : null,
    paidCents: ours.reduce((sum, { balance }) => sum + balance.netCents, 0),
  };
}
