import type { PaidFacts } from '../ledger/payments.repository.js';
import type { CheckoutStatus } from '../checkout/checkout-status.js';
import type { ChargeRefundFact, DisputeFact, RefundFact, StripeFact } from './stripe-fact.js';

/** What we know of what an event is about. */
export interface KnownPayment {
  session: { status: CheckoutStatus; amountCents: number; currency: string };
  /** Whether the payment of the session is booked. */
  booked: boolean;
}

/** What to do about an event. */
export type StripeEventDecision =
  /** Nothing; the event is kept with the reason. */
  | { act: 'ignore'; reason: string }
  /** Nothing yet: the event came before the payment it is about, and is taken up with it. */
  | { act: 'keep'; reason: string }
  | { act: 'book'; paid: PaidFacts }
  | { act: 'mark'; status: Unpaid }
  | { act: 'refund'; fact: RefundFact }
  | { act: 'charge_refund'; fact: ChargeRefundFact }
  | { act: 'dispute'; fact: DisputeFact };

type Unpaid = 'pending' | 'failed' | 'expired';

/**
 * From which status a session may go on without money; what comes late changes nothing. One that was ended here can
 * have been used just before.
 */
const MARKABLE: Record<Unpaid, readonly CheckoutStatus[]> = {
  pending: ['open', 'expired'],
  failed: ['open', 'pending', 'expired'],
  expired: ['open'],
};

/**
 * Decides what an event does, whatever came before it and in whichever order; `known` is null where it is about nothing
 * of ours. Pure and total. Money that came in is booked whatever the session stands at; once booked, never again.
 */
export function decide(fact: StripeFact, known: KnownPayment | null): StripeEventDecision {
  switch (fact.kind) {
    case 'none':
      return ignore(fact.reason);
    case 'session': {
      if (!known) return ignore('The session is not one of ours.');
      if (known.booked) return ignore('The payment is booked already.');
      const { status, ...asked } = known.session;
      if (fact.outcome !== 'paid') {
        if (MARKABLE[fact.outcome].includes(status)) return { act: 'mark', status: fact.outcome };
        return ignore(`The session is ${status} already.`);
      }
      const amountCents = fact.amountCents ?? asked.amountCents;
      if (amountCents === 0) return ignore('Nothing was paid.');
      const { paymentIntentId, at: paidAt } = fact;
      const currency = fact.currency ?? asked.currency;
      return { act: 'book', paid: { paymentIntentId, amountCents, currency, paidAt } };
    }
    case 'refund':
      return known?.booked ? { act: 'refund', fact } : early('The refund');
    case 'charge_refund':
      return known?.booked ? { act: 'charge_refund', fact } : early('The charge');
    case 'dispute':
      return known?.booked ? { act: 'dispute', fact } : early('The dispute');
    default:
      return fact satisfies never;
  }
}

function ignore(reason: string): StripeEventDecision {
  return { act: 'ignore', reason };
}

function early(what: string): StripeEventDecision {
  return { act: 'keep', reason: `${what} is not about a payment we know.` };
}
