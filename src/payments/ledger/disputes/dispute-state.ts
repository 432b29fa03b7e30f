/**
 * - `open`: the bank has not decided
 * - `won`: the money stays with us, or came back
 * - `lost`: the bank has taken the money back
 * - `closed`: an inquiry that came to nothing
 */
export const DISPUTE_STATES = ['open', 'won', 'lost', 'closed'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** What one event says of a dispute. */
export interface DisputeReport {
  /** In Stripe's words. */
  stripeStatus: string;
  /** The bank has given the money back, whatever the status says. */
  fundsReinstated: boolean;
  at: Date;
}

/** What a dispute is about, as Stripe tells it: the bank may name it in a currency of its own. */
export interface DisputedMoney {
  amountCents: number;
  currency: string;
  /** What left Stripe's account for it, in the currency of that; null while nothing did. */
  withdrawn: { cents: number; currency: string } | null;
}

/**
 * What of a payment a dispute is about, in cents of the payment. Where the bank names it in another currency, what left
 * the account counts; where that is in neither, as of a payment that was settled in a third, it is all of the payment:
 * nothing is given back that may be gone. Pure.
 */
export function disputedCentsOf(
  payment: { amountCents: number; currency: string },
  { amountCents, currency, withdrawn }: DisputedMoney,
): number {
  if (currency === payment.currency) return amountCents;
  return withdrawn?.currency === payment.currency ? withdrawn.cents : payment.amountCents;
}

export interface DisputeStatus {
  state: DisputeState;
  stripeStatus: string;
  statusAt: Date;
}

/** Stripe's word for the state of a dispute. Unknown words are `open`. */
function disputeStateOf({ stripeStatus, fundsReinstated }: DisputeReport): DisputeState {
  if (fundsReinstated) return 'won';
  switch (stripeStatus) {
    case 'won':
    case 'lost':
      return stripeStatus;
    case 'warning_closed':
    case 'prevented':
      return 'closed';
    default:
      return 'open';
  }
}

/**
 * How a dispute stands after news of it, in whichever order they come: an end is never opened again by older or equally
 * old news; of two ends the later holds, and within one second the one that is better for us. Pure.
 */
export function disputeAfter(known: DisputeStatus | null, report: DisputeReport): DisputeStatus {
  const reported = { state: disputeStateOf(report), stripeStatus: report.stripeStatus, statusAt: report.at };
  if (known === null) return reported;
  if (known.state === 'open' || reported.state === 'open') {
    if (reported.state === 'open')
      return known.state === 'open' && reported.statusAt >= known.statusAt ? reported : known;
    return reported;
  }
  const later = reported.statusAt.getTime() - known.statusAt.getTime();
  if (later !== 0) return later > 0 ? reported : known;
  return known.state === 'lost' ? reported : known;
}
