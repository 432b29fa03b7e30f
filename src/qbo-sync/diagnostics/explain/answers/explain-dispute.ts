import { moneyText } from '../../../../messages/format.js';
import { stripeWords } from '../../../../messages/stripe-words.js';
import type { DisputeFacts, ProposalFacts } from '../explain-facts.js';
import { dayThenText } from './wording.js';

/**
 * That a payment is disputed, to the end of the sentence: `only` where no other was paid for the same, and all of it is
 * disputed; else which one it is, after `several`. Pure.
 */
export function disputedPayment(
  dispute: DisputeFacts,
  facts: Pick<ProposalFacts, 'currency' | 'timeZone' | 'formerTimeZones'>,
  { only, several }: { only: string; several: string },
): string {
  const { stripeStatus, others } = dispute;
  const isAll = dispute.isOnlyPayment && dispute.cents >= dispute.paidCents;
  const which = isAll ? only : `${several}${namedPayment(dispute, facts)}`;
  const more = others > 0 ? `; ${others} more ${others === 1 ? 'dispute is' : 'disputes are'} open` : '';
  return `${which} is disputed by the customer's bank (${stripeWords(stripeStatus)})${more}.`;
}

function namedPayment(
  { cents, paidCents, paidAt, reference }: DisputeFacts,
  facts: Pick<ProposalFacts, 'currency' | 'timeZone' | 'formerTimeZones'>,
): string {
  const part = cents < paidCents ? `${moneyText(cents, facts.currency)} of ` : '';
  const paid = moneyText(paidCents, facts.currency);
  return `${part}the payment of ${paid} of ${dayThenText(paidAt, facts)} (${reference})`;
}
