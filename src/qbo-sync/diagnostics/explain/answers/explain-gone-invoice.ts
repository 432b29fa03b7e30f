import { isSameKey } from '../../../../invoices/invoice-key.js';
import { paymentName, thePayment } from '../../../../invoices/payment-name.js';
import { moneyText } from '../../../../messages/format.js';
import { remakeRoute } from '../../../../messages/next-steps.js';
import type { GoneInvoiceFacts, InvoiceExplanationFacts, ProposalFacts } from '../explain-facts.js';
import { type Answer, NOTHING_TO_DO } from './wording.js';

/** Next steps that ask nothing of anybody, and warn of nothing. */
const ASKS_NOTHING = /^(Nothing to do|Wait for|Wait;|Look again)/;

/** Why an invoice that is no more in QuickBooks may leave somebody's money with us, or a debt nobody is asked for. */
export function whyGone(
  facts: ProposalFacts,
  name: string,
  invoice: Pick<InvoiceExplanationFacts, 'id' | 'key'> & Pick<GoneInvoiceFacts, 'state'>,
): Answer {
  const { deposit, inbox } = facts;
  const left = deposit ? deposit.netCents : 0;
  if (left > 0) {
    const gone = { ...invoice, netCents: left };
    return {
      answer: `${name} ${howGone(gone, facts.currency)}.`,
      nextStep: inbox?.nextStep ?? stepOf(gone, facts),
    };
  }
  const answer = `${name} was ${invoice.state} in QuickBooks.`;
  const nextStep = canRemake(invoice, facts)
    ? `If money is still due, ${madeAnew(invoice, facts)}.`
    : NOTHING_TO_DO;
  return { answer, nextStep };
}

/** The answer, completed by the other invoices that are gone: whose money is with us, and what to do about it. */
export function withGoneInvoices(main: Answer, facts: ProposalFacts): Answer {
  const { gone, inbox, currency } = facts;
  if (gone.length === 0) return main;
  const said = gone.map((one) => `invoice ${one.number} ${howGone(one, currency)}`);
  const steps = gone.map((one) => stepOf(one, facts));
  const asksNothing = inbox === null && ASKS_NOTHING.test(main.nextStep);
  return {
    answer: `${[main.answer.replace(/\.$/, ''), ...said].join('; ')}.`,
    nextStep: (asksNothing ? steps : [main.nextStep, ...steps]).join(' '),
  };
}

function howGone(
  { key, state, netCents }: Pick<GoneInvoiceFacts, 'key' | 'state' | 'netCents'>,
  currency: string,
): string {
  const kept = `${moneyText(netCents, currency)} of the customer's ${paymentName(key)} is with us`;
  return `was ${state} in QuickBooks, while ${kept}`;
}

/** What becomes of the money. */
function stepOf(invoice: Pick<GoneInvoiceFacts, 'id' | 'key'>, facts: ProposalFacts): string {
  const payment = thePayment(invoice.key);
  if (canRemake(invoice, facts)) return `${upperFirst(madeAnew(invoice, facts))}, or refund ${payment}.`;
  return facts.status === 'approved'
    ? `Put the money on another invoice in QuickBooks, or refund ${payment}.`
    : `Refund ${payment}.`;
}

function canRemake({ key }: Pick<GoneInvoiceFacts, 'key'>, { status, spentEntries }: ProposalFacts): boolean {
  return status === 'approved' && !spentEntries.some((one) => isSameKey(one, key));
}

function madeAnew(
  { id, key }: Pick<GoneInvoiceFacts, 'id' | 'key'>,
  proposal: Pick<ProposalFacts, 'id'>,
): string {
  const route = remakeRoute({ id, proposalId: proposal.id, isDeposit: key.kind === 'deposit' });
  return `make the invoice anew by ${route}`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
