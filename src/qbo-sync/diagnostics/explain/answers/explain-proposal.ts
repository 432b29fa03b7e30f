import { disputeStep } from '../../../../messages/dispute-steps.js';
import { calendarDayText, dayText, momentText, moneyText } from '../../../../messages/format.js';
import { chargeProblem } from '../../../../proposals/deposit.js';
import { approvedBeforeStart } from '../../../../orgs/settings/invoices-start.js';
import type { CheckoutFacts, DepositFacts, ProposalFacts } from '../explain-facts.js';
import { withGoneInvoices } from './explain-gone-invoice.js';
import { whyInvoice } from './explain-invoice.js';
import { disputedPayment } from './explain-dispute.js';
import { connectionTrouble, decideAnew, KEPT_OUT, whyOperation } from './explain-operation.js';
import { excessText, withOpenMatters } from './open-matters.js';
import { matchNextStep } from '../../../push/customers/match/match-text.js';
import { withUnearned } from './unearned.js';
import { type Answer, clause, dayThenText, NOTHING_TO_DO } from './wording.js';
import { isMaybeDone } from '../../../operations/operation-state.js';

/**
 * Why a proposal is not invoiced, not paid, not in step, or that it is: one sentence from facts, and what to do next.
 * Pure and total: whatever the facts, there is an answer.
 */
export function whyProposal(facts: ProposalFacts): Answer {
  const answer = withOpenMatters(withOthersOpen(mainAnswer(facts), facts), {
    ...facts,
    excess: excessText(facts),
  });
  const last = withUnbilled(withOpenChange(withGoneInvoices(answer, facts), facts), facts);
  return withUnearned(last, facts, isDone(last));
}

/** The invoice that is due first is told of; that it is not the only one is said beside it. */
function withOthersOpen(
  main: Answer,
  { othersOpen: { count, cents }, connection, currency }: ProposalFacts,
): Answer {
  if (count === 0 || connection.state !== 'connected') return main;
  const more = `${count} more ${count === 1 ? 'invoice is' : 'invoices are'} open, over ${moneyText(cents, currency)}`;
  return { ...main, answer: `${main.answer.replace(/\.$/, '')}; ${more}.` };
}

/** Where all else is done, a change order that waits for approval is what there is to do. */
function withOpenChange(answer: Answer, { id, openChange, currency, status }: ProposalFacts): Answer {
  if (!isDone(answer) || openChange === null || status === 'cancelled') return answer;
  const { number, deltaCents, refusal } = openChange;
  const by = moneyText(Math.abs(deltaCents), currency);
  return {
    answer:
      `${answer.answer.replace(/\.$/, '')}; change order ${number}, by which the contract comes to ${by} ` +
      `${deltaCents < 0 ? 'less' : 'more'}, is not approved yet.`,
    nextStep:
      refusal ??
      `Send it by POST /portal/email/${id}, or approve it by POST ` +
        `/proposals/${id}/change-orders/${number}/approve.`,
  };
}

function isDone({ nextStep }: Answer): boolean {
  return nextStep.startsWith(NOTHING_TO_DO.replace(/\.$/, ''));
}

/** Where all else is done, what of the contract is not billed yet is what there is to do. */
function withUnbilled(answer: Answer, { id, unbilled, currency, status }: ProposalFacts): Answer {
  if (!isDone(answer) || unbilled === null || status === 'cancelled') return answer;
  const { cents, heldCents, untaxedCents = 0, entryNumber } = unbilled;
  const said = answer.answer.replace(/\.$/, '');
  const bill = `POST /proposals/${id}/contract/entries/${entryNumber}/bill`;
  if (heldCents > 0) {
    return {
      answer:
        `${said}; the work is complete, but ${moneyText(heldCents, currency)} of the deposit is still held, because ` +
        'the final invoice is not made.',
      nextStep: `Make the final invoice by ${bill}: it turns the deposit into revenue.`,
    };
  }
  if (untaxedCents > 0) {
    return {
      answer:
        `${said}; the work is complete, but that of the deposit of ${moneyText(untaxedCents, currency)} is not ` +
        'taxed, because the final invoice is not made.',
      nextStep: `Make the final invoice by ${bill}: it bills that work less the deposit, with its tax.`,
    };
  }
  return {
    answer: `${said}; ${moneyText(cents, currency)} of the contract is not billed yet.`,
    nextStep:
      entryNumber === null
        ? `Put it into the schedule by PUT /proposals/${id}/contract/schedule, and bill it.`
        : `When the work is due, bill it by ${bill}.`,
  };
}

function mainAnswer(facts: ProposalFacts): Answer {
  if (facts.invoice) return whyInvoice(facts, facts.invoice);
  switch (facts.status) {
    case 'lead':
      return {
        answer: 'This is still a lead, so there is nothing to approve or pay yet.',
        nextStep: `Draft a proposal from it by POST /proposals {"lead_id": ${facts.id}, …}.`,
      };
    case 'draft':
      return whyDraft(facts);
    case 'cancelled':
      return whyCancelled(facts);
    case 'approved':
      return facts.operation ? whyNotMade(facts, facts.operation) : whyNotPaid(facts);
    default:
      return facts.status satisfies never;
  }
}

function whyDraft({ id, amountCents, link }: ProposalFacts): Answer {
  const approve = `approve it by POST /proposals/${id}/approve`;
  if (!amountCents) {
    return {
      answer: 'This proposal is a draft that comes to nothing.',
      nextStep: `Give it lines with a price by PATCH /proposals/${id}.`,
    };
  }
  switch (link) {
    case 'none':
      return {
        answer: 'This proposal is a draft that its customer has not been shown.',
        nextStep: `Send it by POST /portal/email/${id}, or ${approve}.`,
      };
    case 'live':
      return {
        answer: 'The customer can see this proposal and has not approved it yet.',
        nextStep: `Ask the customer, or ${approve}.`,
      };
    case 'over':
      return {
        answer: 'The customer did not approve this proposal before its link ended.',
        nextStep: `Send a new link by POST /portal/email/${id}, or ${approve}.`,
      };
    default:
      return link satisfies never;
  }
}

function whyCancelled(facts: ProposalFacts): Answer {
  const { deposit, operation } = facts;
  if (operation && isMaybeDone(operation.state)) {
    return {
      answer: 'This proposal is cancelled, and QuickBooks has not said whether it made the invoice before.',
      nextStep: 'Wait: it is looked for by itself, and the inbox asks if it is there.',
    };
  }
  if (!deposit || deposit.netCents === 0) {
    return {
      answer: 'This proposal is cancelled, so nothing is invoiced.',
      nextStep: 'Draft a new one by POST /proposals if the customer has changed their mind.',
    };
  }
  return {
    answer: `This proposal is cancelled, but ${paid(facts, deposit)}.`,
    nextStep: facts.inbox?.nextStep ?? 'Refund the deposit in Stripe.',
  };
}

/** The invoice is wanted and not there. */
function whyNotMade(facts: ProposalFacts, operation: NonNullable<ProposalFacts['operation']>): Answer {
  const { id } = facts;
  const before = approvedBeforeStart(facts.approvedAt, facts);
  if (operation.state === 'held_back' && before) {
    return {
      answer:
        `This proposal was approved on ${calendarDayText(before.approvedOn)}, before the day from which ` +
        `invoices are made here, ${calendarDayText(before.invoicesFrom)}, so its invoice is held back.`,
      nextStep: `Make it by POST /qbo/invoice/${id}, or set an earlier invoices_from by PATCH /org/settings.`,
    };
  }
  if (facts.undecided !== null && facts.keptOut === null) {
    const isAsked = facts.inbox?.code === 'customer_match';
    return {
      answer: `${opening(facts)}, but the invoice waits for its customer: ${clause(operation.reason)}.`,
      nextStep: isAsked ? facts.inbox!.nextStep : matchNextStep(facts.undecided),
    };
  }
  if (facts.keptOut !== null && (operation.state === 'waiting' || operation.state === 'ready')) {
    const trouble = connectionTrouble(facts.connection, facts.timeZone);
    const kept = `${opening(facts)}, but no invoice is made, because ${KEPT_OUT}.`;
    if (!trouble) return { answer: kept, nextStep: decideAnew(facts.keptOut) };
  }
  return whyOperation(operation, {
    ...facts,
    what: 'the invoice',
    opening: opening(facts),
    again: `ask for it by POST /qbo/invoice/${id} {"again": true}`,
  });
}

/** Nothing was requested of QuickBooks: it is about the deposit. */
function whyNotPaid(facts: ProposalFacts): Answer {
  const { deposit, checkout, connection, currency, timeZone, id } = facts;
  const askAgain =
    `Ask the customer to pay by POST /portal/email/${id}, or open a page by POST ` +
    '/payments/checkout_session.';
  if (deposit && deposit.lostCents > 0) {
    return {
      answer:
        `Of the deposit of ${moneyText(deposit.paidCents, currency)} the customer's bank took back ` +
        `${moneyText(deposit.lostCents, currency)}, because the dispute was lost.`,
      nextStep: facts.inbox?.nextStep ?? `${askAgain.slice(0, -1)}, or cancel the proposal.`,
    };
  }
  if (deposit && deposit.netCents === 0) {
    return {
      answer:
        `The deposit of ${moneyText(deposit.paidCents, currency)} was paid on ` +
        `${dayThenText(deposit.paidAt, facts)} and given back in full.`,
      nextStep: `${askAgain.slice(0, -1)}, or cancel the proposal.`,
    };
  }
  if (deposit?.dispute) {
    return {
      answer: disputedPayment(deposit.dispute, facts, {
        only: `The deposit of ${moneyText(deposit.paidCents, currency)}`,
        several: `Of the deposits of ${moneyText(deposit.paidCents, currency)}, `,
      }),
      nextStep: disputeStep(deposit.dispute, facts),
    };
  }
  if (deposit) {
    const trouble = connectionTrouble(connection, timeZone);
    if (trouble) return { answer: `${opening(facts)}, but ${trouble.clause}.`, nextStep: trouble.nextStep };
    return {
      answer: `${opening(facts)}, and the invoice is about to be made in QuickBooks.`,
      nextStep: 'Look again in a minute.',
    };
  }
  const problem = facts.depositDueCents === null ? null : chargeProblem(facts.depositDueCents, currency);
  if (problem) {
    const trouble = connectionTrouble(connection, timeZone);
    return {
      answer: `The deposit has not been paid: ${problem.message}`,
      nextStep:
        `Make its invoice by POST /qbo/invoice/${id}, and agree with the customer on another way to pay, such as a ` +
        `check.${trouble ? ` ${trouble.nextStep}` : ''}`,
    };
  }
  if (!checkout) {
    return {
      answer: 'The deposit has not been paid, and no payment page was opened for it.',
      nextStep: askAgain,
    };
  }
  return whyCheckout(facts, checkout, askAgain);
}

function whyCheckout(facts: ProposalFacts, checkout: CheckoutFacts, askAgain: string): Answer {
  const { currency, timeZone, now } = facts;
  const amount = moneyText(checkout.amountCents, currency);
  const since = dayThenText(checkout.since, facts);
  const { expiresAt } = checkout;
  switch (checkout.status) {
    case 'pending':
      return {
        answer:
          `The customer has told their bank to pay the deposit of ${amount} on ${since}, and the ` +
          'bank has not done so yet.',
        nextStep: 'Wait; bank payments take some business days, and Stripe tells of the end by itself.',
      };
    case 'failed':
      return checkout.error === null || checkout.error === 'payment_failed'
        ? { answer: `The customer's payment of ${amount} failed on ${since}.`, nextStep: askAgain }
        : {
            answer: `Stripe opened no payment page for the deposit of ${amount} on ${since} (${checkout.error}).`,
            nextStep: 'Mend what Stripe names, then open a page by POST /payments/checkout_session.',
          };
    case 'open':
      if (expiresAt === null || expiresAt > now) {
        const until = expiresAt ? `, which is open until ${momentText(expiresAt, timeZone)}` : '';
        return {
          answer: `The customer has not paid the deposit of ${amount} on the payment page yet${until}.`,
          nextStep: 'Wait for the customer, or remind them.',
        };
      }
      return expired(amount, dayText(expiresAt, timeZone), askAgain);
    case 'expired':
      return expired(amount, expiresAt && expiresAt < now ? dayText(expiresAt, timeZone) : since, askAgain);
    case 'paid':
      return {
        answer: `The payment page for the deposit of ${amount} was paid on ${since}, and the payment is being booked.`,
        nextStep: NOTHING_TO_DO,
      };
    default:
      return checkout.status satisfies never;
  }
}

function expired(amount: string, day: string, nextStep: string): Answer {
  return {
    answer: `The payment page for the deposit of ${amount} ended on ${day} without a payment.`,
    nextStep,
  };
}

function opening(facts: ProposalFacts): string {
  const { deposit, approvedAt } = facts;
  if (deposit && deposit.netCents > 0) {
    const text = paid(facts, deposit);
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
  return approvedAt
    ? `This proposal was approved on ${dayThenText(approvedAt, facts)}`
    : 'This proposal is approved';
}

function paid(facts: ProposalFacts, deposit: DepositFacts): string {
  const { currency } = facts;
  const { paidCents, netCents, paidAt } = deposit;
  const left = netCents === paidCents ? '' : `, of which ${moneyText(netCents, currency)} is with us still`;
  return `the deposit of ${moneyText(paidCents, currency)} was paid on ${dayThenText(paidAt, facts)}${left}`;
}
