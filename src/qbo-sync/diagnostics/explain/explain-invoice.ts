import { paymentName, thePayment } from '../../../invoices/payment-name.js';
import { calendarDayText, dayText, moneyText } from '../../../messages/format.js';
import type {
  DepositFacts,
  InvoiceExplanationFacts,
  OperationFacts,
  ProposalFacts,
} from './explain-facts.js';
import { chargeProblem } from '../../../proposals/deposit.js';
import { connectionTrouble } from './explain-operation.js';
import { againAt, type Answer, clause, NOTHING_TO_DO } from './wording.js';

const DAY_MS = 86_400_000;

/** How the invoice of a proposal stands and why. Pure and total over what QuickBooks can say of it. */
export function whyInvoice(facts: ProposalFacts, invoice: InvoiceExplanationFacts): Answer {
  const name = `Invoice ${invoice.number}`;
  if (invoice.inOtherCompany) {
    return {
      answer:
        `${name} of this proposal is in another QuickBooks company than the one connected now, so ` +
        'it is not followed any more.',
      nextStep: 'Connect that company again at /qbo/oauth/start, or follow the invoice there by hand.',
    };
  }
  switch (invoice.state) {
    case 'deleted':
    case 'voided':
      return whyGone(facts, name, { ...invoice, state: invoice.state });
    case 'settled_by_credit':
      return {
        answer: `${name} is settled by a credit in QuickBooks, not by a payment.`,
        nextStep: `${NOTHING_TO_DO} If that is not what was agreed, look at the credit memo in QuickBooks.`,
      };
    case 'paid':
      return whyPaid(facts, name, invoice);
    case 'open':
    case 'partially_paid':
    case 'overdue':
    case null:
      return whyDue(facts, name, invoice);
    default:
      return invoice.state satisfies never;
  }
}

function whyGone(
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

function whyPaid(
  { deposit, currency, timeZone, inbox }: ProposalFacts,
  name: string,
  invoice: InvoiceExplanationFacts,
): Answer {
  if (invoice.totalCents === 0) {
    return { answer: `${name} is over nothing, so nothing is due.`, nextStep: NOTHING_TO_DO };
  }
  const when = invoice.paidAt ? ` on ${dayText(invoice.paidAt, timeZone)}` : '';
  const answer = `${name} over ${moneyText(invoice.totalCents, currency)} was paid in full${when}`;
  if (deposit && deposit.lostCents > 0) {
    return {
      answer:
        `${answer}, but the customer's bank took back ${moneyText(deposit.lostCents, currency)} of ` +
        `${thePayment(invoice.key)}, because the dispute was lost.`,
      nextStep: inbox?.nextStep ?? 'See in QuickBooks that the invoice is due again or written off.',
    };
  }
  if (deposit?.dispute) {
    return {
      answer: `${answer}, but ${thePayment(invoice.key)} is disputed by the customer's bank (${deposit.dispute}).`,
      nextStep: 'Answer the dispute in Stripe.',
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

/** Something is still due. What is wrong on our side comes before what the customer has left to do. */
function whyDue(facts: ProposalFacts, name: string, invoice: InvoiceExplanationFacts): Answer {
  const { status, connection, deposit, recording, inbox, unfinished, recordPayments, currency, timeZone } =
    facts;
  const balance = moneyText(invoice.balanceCents, currency);
  const trouble = connectionTrouble(connection, timeZone);
  if (trouble) {
    const read = invoice.lastSyncAt ? ` on ${dayText(invoice.lastSyncAt, timeZone)}` : '';
    return {
      answer: `${name} was open over ${balance} when QuickBooks was last read${read}, but now ${trouble.clause}.`,
      nextStep: trouble.nextStep,
    };
  }
  if (invoice.state === null) {
    return {
      answer: `${name} has not been read from QuickBooks yet.`,
      nextStep: `Have it read by POST /qbo/sync/invoice/${facts.id}/check.`,
    };
  }
  if (status === 'cancelled') {
    return {
      answer: `This proposal is cancelled, but invoice ${invoice.number} is still open over ${balance}.`,
      nextStep: inbox?.nextStep ?? 'Void the invoice in QuickBooks.',
    };
  }
  if (deposit && deposit.netCents > 0) {
    const answer =
      `${name} is open over ${balance} although ${moneyText(deposit.netCents, currency)} ` +
      `was paid on ${dayText(deposit.paidAt, timeZone)}`;
    if (recording) return whyUnrecorded(facts, answer, recording);
    if (inbox?.code === 'payment_unapplied') {
      return { answer: `${answer}: ${clause(inbox.reason)}.`, nextStep: inbox.nextStep };
    }
    if (!recordPayments && invoice.paidCents === 0) return byHand(answer);
    const isOpenMatter = inbox !== null || unfinished.some(({ kind }) => kind === 'payment.apply');
    if (invoice.paidCents < deposit.netCents && !isOpenMatter) return elsewhere(answer, invoice, currency);
  }
  return deposit && deposit.lostCents > 0
    ? afterLoss(facts, { ...deposit, key: invoice.key }, whyUnpaid(facts, name, invoice))
    : whyUnpaid(facts, name, invoice);
}

function afterLoss(
  { inbox, currency }: ProposalFacts,
  { lostCents, key }: DepositFacts & Pick<InvoiceExplanationFacts, 'key'>,
  { answer, nextStep }: Answer,
): Answer {
  return {
    answer:
      `${answer.slice(0, -1)}; the customer's bank took back ${moneyText(lostCents, currency)} of ` +
      `${thePayment(key)}, because the dispute was lost.`,
    nextStep: inbox?.code === 'dispute_lost' ? inbox.nextStep : nextStep,
  };
}

/** The customer paid, and QuickBooks has the money elsewhere: nothing more can be asked for online. */
function elsewhere(answer: string, { paidCents }: InvoiceExplanationFacts, currency: string): Answer {
  return {
    answer: `${answer}, because QuickBooks has ${moneyText(paidCents, currency)} on this invoice.`,
    nextStep:
      'Put the payment on this invoice in QuickBooks again; if it was meant for something else, agree with the ' +
      'customer on another way to pay this one, such as a check, and receive it there.',
  };
}

function byHand(answer: string): Answer {
  return {
    answer: `${answer}, because payments are not recorded in QuickBooks from here.`,
    nextStep: 'Record the payment in QuickBooks, or set record_payments by PATCH /org/settings.',
  };
}

function whyUnrecorded(facts: ProposalFacts, answer: string, recording: OperationFacts): Answer {
  const next = facts.inbox?.nextStep;
  switch (recording.state) {
    case 'refused':
    case 'needs_person':
      return {
        answer: `${answer}, because that payment is not in QuickBooks: ${clause(recording.reason)}.`,
        nextStep: next ?? 'Record the payment in QuickBooks by hand.',
      };
    case 'sent':
    case 'uncertain':
      return {
        answer:
          `${answer}, because QuickBooks did not say yet whether it took that payment; it is ` +
          `looked for ${againAt(recording.nextAttemptAt, facts)}.`,
        nextStep: 'Wait, and do not enter the payment in QuickBooks by hand meanwhile.',
      };
    case 'waiting':
    case 'held_back':
    case 'ready':
      return {
        answer:
          `${answer}, because that payment is not in QuickBooks yet; it is tried ` +
          `${againAt(recording.nextAttemptAt, facts)}.`,
        nextStep: next ?? 'Wait; it is done by itself.',
      };
    case 'done':
      return {
        answer: `${answer}, because QuickBooks has not told of that payment yet.`,
        nextStep: `Have the invoice read by POST /qbo/sync/invoice/${facts.id}/check.`,
      };
    default:
      return recording.state satisfies never;
  }
}

/** It is the customer's turn; in another way than online, where Stripe does not take so much or so little. */
function whyUnpaid(facts: ProposalFacts, name: string, invoice: InvoiceExplanationFacts): Answer {
  const problem = chargeProblem(invoice.balanceCents, facts.currency);
  const { answer, nextStep } = whyOpen(facts, name, invoice);
  if (!problem) return { answer, nextStep };
  return {
    answer: `${answer.slice(0, -1)}; ${problem.message}`,
    nextStep: 'Agree with the customer on another way to pay, such as a check, and receive it in QuickBooks.',
  };
}

function whyOpen({ currency, today }: ProposalFacts, name: string, invoice: InvoiceExplanationFacts): Answer {
  const { state, dueOn, totalCents, balanceCents, paidCents } = invoice;
  const [total, balance] = [moneyText(totalCents, currency), moneyText(balanceCents, currency)];
  const part = `${moneyText(paidCents, currency)} of ${total} is paid and ${balance} is still due`;
  if (state === 'overdue') {
    const days = dueOn ? Math.round((Date.parse(today) - Date.parse(dueOn)) / DAY_MS) : 0;
    const by = days > 0 ? ` by ${days} ${days === 1 ? 'day' : 'days'}` : '';
    return {
      answer: paidCents > 0 ? `${name} is overdue${by}: ${part}.` : `${name} over ${total} is overdue${by}.`,
      nextStep: 'Remind the customer.',
    };
  }
  const due = dueOn ? ` by ${calendarDayText(dueOn)}` : '';
  return {
    answer:
      paidCents > 0
        ? `${name} is partly paid: ${part}${due}.`
        : `${name} over ${total} is open${due && ` and due${due}`}.`,
    nextStep: "Wait for the customer's payment.",
  };
}
