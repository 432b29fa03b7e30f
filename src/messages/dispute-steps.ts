import { momentText } from './format.js';

/** How a dispute stands that is not decided. */
export interface DisputeStanding {
  /** Stripe's word for it. */
  stripeStatus: string;
  /** Until when the bank takes an answer; null where that is not known. */
  respondBy: Date | null;
  /** False where the bank takes none at all. */
  takesAnswer: boolean;
}

/** Before there is a dispute, the bank may only ask. No money is withdrawn by that. */
const INQUIRY = /^warning_/;
/** The bank has our answer. */
const ANSWERED = /under_review$/;
const UNANSWERED = /needs_response$/;

/** True where an answer is asked for, and it is not known until when. Pure. */
export function isDayMissing({ stripeStatus, respondBy, takesAnswer }: DisputeStanding): boolean {
  return takesAnswer && respondBy === null && UNANSWERED.test(stripeStatus);
}

/** What there is to do about a dispute that is not decided. Pure. */
export function disputeStep(
  standing: DisputeStanding,
  { now, timeZone }: { now: Date; timeZone: string },
): string {
  const { stripeStatus, respondBy, takesAnswer } = standing;
  if (ANSWERED.test(stripeStatus))
    return 'Wait for the bank, which has the answer that was given in Stripe and decides within some weeks.';
  if (!takesAnswer) return `Wait for the bank, which takes no answer and ${DECIDES(stripeStatus)}.`;
  if (!UNANSWERED.test(stripeStatus))
    return 'See in Stripe how the dispute stands; the bank has not decided it.';
  const what = INQUIRY.test(stripeStatus) ? 'inquiry of the bank' : 'dispute';
  if (respondBy === null) return `Answer the ${what} in Stripe with your evidence.`;
  const until = momentText(respondBy, timeZone);
  return respondBy > now
    ? `Answer the ${what} in Stripe with your evidence by ${until}; later the bank takes none.`
    : `Wait for the bank, which took answers until ${until} and ${DECIDES(stripeStatus)}.`;
}

/** `dispute_open`. Pure. */
export function openDisputeStep(standing: DisputeStanding, when: { now: Date; timeZone: string }): string {
  const closes = INQUIRY.test(standing.stripeStatus)
    ? 'This closes by itself when the inquiry comes to nothing.'
    : 'This closes by itself when it is won.';
  return `${disputeStep(standing, when)} ${closes}`;
}

const DECIDES = (stripeStatus: string): string =>
  INQUIRY.test(stripeStatus) ? 'lets its inquiry end, or disputes the payment' : 'decides by itself';
