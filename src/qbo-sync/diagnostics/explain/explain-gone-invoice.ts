import { paymentName, thePayment } from '../../../invoices/payment-name.js';
import { moneyText } from '../../../messages/format.js';
import type { InvoiceExplanationFacts, ProposalFacts } from './explain-facts.js';
import { type Answer, NOTHING_TO_DO } from './wording.js';

/** Why an invoice that is no more in QuickBooks may leave somebody's money with us, or a debt nobody is asked for. */
export function whyGone(
  facts: ProposalFacts,
  name: string,
  { id, key, state }: Pick<InvoiceExplanationFacts, 'id' | 'key'> & { state: 'deleted' | 'voided' },
): Answer {
  const { deposit, inbox, currency } = facts;
  const left = deposit ? deposit.netCents : 0;
  const kept =
    left > 0 ? `, while ${moneyText(left, currency)} of the customer's ${paymentName(key)} is with us` : '';
  const answer = `${name} was ${state} in QuickBooks${kept}.`;
  if (inbox) return { answer, nextStep: inbox.nextStep };
  if (facts.status !== 'approved') {
    return { answer, nextStep: left > 0 ? `Refund ${thePayment(key)}.` : NOTHING_TO_DO };
  }
  const anew =
    key.kind === 'deposit'
      ? `make the invoice anew by POST /qbo/invoice/${facts.id} with {"again": true}`
      : `make the invoice anew by POST /invoices/${id}/remake`;
  return {
    answer,
    nextStep:
      left > 0 ? `${upperFirst(anew)}, or refund ${thePayment(key)}.` : `If money is still due, ${anew}.`,
  };
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
