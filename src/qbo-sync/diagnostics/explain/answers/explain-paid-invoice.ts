import { thePayment } from '../../../../invoices/payment-name.js';
import { calendarDayText, moneyText } from '../../../../messages/format.js';
import { disputeStep } from '../../../../messages/dispute-steps.js';
import type { DepositFacts, InvoiceExplanationFacts, ProposalFacts } from '../explain-facts.js';
import { disputedPayment } from './explain-dispute.js';
import { type Answer, NOTHING_TO_DO } from './wording.js';

/** Why an invoice that QuickBooks has as paid needs somebody all the same, or nobody. */
export function whyPaid(facts: ProposalFacts, name: string, invoice: InvoiceExplanationFacts): Answer {
  const { deposit, currency, inbox } = facts;
  if (invoice.totalCents === 0) {
    return { answer: `${name} is over nothing, so nothing is due.`, nextStep: NOTHING_TO_DO };
  }
  const when = invoice.settledOn ? ` on ${calendarDayText(invoice.settledOn)}` : '';
  const answer = `${name} over ${moneyText(invoice.totalCents, currency)} was ${howSettled(invoice, currency, when)}`;
  if (deposit && deposit.lostCents > 0 && standsLost(deposit, invoice)) {
    return {
      answer:
        `${answer}, but the customer's bank took back ${moneyText(deposit.lostCents, currency)} of ` +
        `${thePayment(invoice.key)}, because the dispute was lost.`,
      nextStep: inbox?.nextStep ?? 'See in QuickBooks that the invoice is due again or written off.',
    };
  }
  if (deposit?.dispute && deposit.dispute.stripeStatus !== 'lost') {
    const only = thePayment(invoice.key);
    return {
      answer: `${answer}, but ${disputedPayment(deposit.dispute, facts, { only, several: '' })}`,
      nextStep: disputeStep(deposit.dispute, facts),
    };
  }
  if (deposit && deposit.refundedCents > 0) {
    return {
      answer:
        `${answer}, and ${moneyText(deposit.refundedCents, currency)} of ` +
        `${thePayment(invoice.key)} was given back since.`,
      nextStep: NOTHING_TO_DO,
    };
  }
  return { answer: `${answer}.`, nextStep: NOTHING_TO_DO };
}

/** Whether money that the bank took back is on the invoice still: what was paid in its place may be there by now. */
function standsLost(
  { netCents }: DepositFacts,
  { recordedCents, paidCents }: Pick<InvoiceExplanationFacts, 'recordedCents' | 'paidCents'>,
): boolean {
  return Math.min(recordedCents, paidCents) > netCents;
}

/** Credits and write-offs beside money are no payment. */
function howSettled(
  { paidCents, totalCents }: Pick<InvoiceExplanationFacts, 'paidCents' | 'totalCents'>,
  currency: string,
  when: string,
): string {
  if (paidCents === 0 || paidCents >= totalCents) return `paid in full${when}`;
  return `settled${when}: ${moneyText(paidCents, currency)} of it was paid, the rest was credited or written off`;
}
