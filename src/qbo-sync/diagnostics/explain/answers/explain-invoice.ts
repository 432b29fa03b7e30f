import { thePayment } from '../../../../invoices/payment-name.js';
import { calendarDayText, dayText, moneyText } from '../../../../messages/format.js';
import { isQboId } from '../../../../platform/text/qbo-id.js';
import { chargeProblem } from '../../../../proposals/deposit.js';
import type { DepositFacts, InvoiceExplanationFacts, ProposalFacts } from '../explain-facts.js';
import { whyGone } from './explain-gone-invoice.js';
import { connectionTrouble } from './explain-operation.js';
import { whyPaid } from './explain-paid-invoice.js';
import { byHand, elsewhere, justCame, takenOff, whyUnrecorded } from './explain-unrecorded-payment.js';
import { type Answer, clause, dayThenText, NOTHING_TO_DO } from './wording.js';
import { DAY_MS } from '../../../../platform/time/after.js';

/** How the invoice of a proposal stands and why. Pure and total over what QuickBooks can say of it. */
export function whyInvoice(facts: ProposalFacts, invoice: InvoiceExplanationFacts): Answer {
  if (!isQboId(invoice.qboId)) {
    return {
      answer:
        `This proposal is linked to invoice “${invoice.qboId}” of QuickBooks, which has none of that id: its ids are ` +
        'numbers.',
      nextStep:
        'Correct leads.qbo_invoice_id in the database; or set it to null, and ask for the invoice by POST ' +
        `/qbo/invoice/${facts.id}.`,
    };
  }
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
        answer: `${name} is settled by a credit or a write-off in QuickBooks, not by a payment.`,
        nextStep:
          `${NOTHING_TO_DO} If that is not what was agreed, look at the credit memo or journal entry in ` +
          'QuickBooks.',
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
      `was paid on ${dayThenText(deposit.paidAt, facts)}`;
    if (recording) return whyUnrecorded(facts, answer, recording);
    if (inbox?.code === 'payment_unapplied') {
      return { answer: `${answer}: ${clause(inbox.reason)}.`, nextStep: inbox.nextStep };
    }
    const { hidden } = facts;
    if (hidden && hidden.removedCents > 0) return takenOff({ ...facts, hidden }, name, invoice);
    if (isByHand(facts, invoice, deposit)) return byHand(answer, recordPayments);
    if (invoice.undecidedCents > 0) return justCame(answer);
    const isOpenMatter = inbox !== null || unfinished.some(({ kind }) => kind === 'payment.apply');
    if (invoice.paidCents < deposit.netCents && !isOpenMatter) return elsewhere(answer, invoice, currency);
    if (hidden && invoice.paidCents >= deposit.netCents) return takenOff({ ...facts, hidden }, name, invoice);
  }
  return deposit && deposit.lostCents > 0
    ? afterLoss(facts, { ...deposit, key: invoice.key }, whyUnpaid(facts, name, invoice))
    : whyUnpaid(facts, name, invoice);
}

/**
 * Whether a bookkeeper has to record the payment. Who does is decided for each payment when it comes; before, as the
 * organisation has it now.
 */
function isByHand(
  { recordPayments }: ProposalFacts,
  { byHandCents, paidCents }: InvoiceExplanationFacts,
  { netCents }: DepositFacts,
): boolean {
  return Math.min(byHandCents, netCents) > paidCents || (!recordPayments && paidCents === 0);
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

function whyOpen(facts: ProposalFacts, name: string, invoice: InvoiceExplanationFacts): Answer {
  const { answer, nextStep } = howOpen(facts, name, invoice);
  if (invoice.remindedAt === null) return { answer, nextStep };
  const remindedOn = dayThenText(invoice.remindedAt, facts);
  return { answer: `${answer.slice(0, -1)}; its customer was last reminded on ${remindedOn}.`, nextStep };
}

function howOpen({ currency, today }: ProposalFacts, name: string, invoice: InvoiceExplanationFacts): Answer {
  const { state, dueOn, totalCents, balanceCents, paidCents } = invoice;
  const [total, balance] = [moneyText(totalCents, currency), moneyText(balanceCents, currency)];
  const isPart = balanceCents < totalCents;
  const part =
    paidCents > 0
      ? `${moneyText(paidCents, currency)} of ${total} is paid and ${balance} is still due`
      : `${balance} of ${total} is still due`;
  if (state === 'overdue') {
    const days = dueOn ? Math.round((Date.parse(today) - Date.parse(dueOn)) / DAY_MS) : 0;
    const by = days > 0 ? ` by ${days} ${days === 1 ? 'day' : 'days'}` : '';
    return {
      answer: isPart ? `${name} is overdue${by}: ${part}.` : `${name} over ${total} is overdue${by}.`,
      nextStep: `Remind the customer by POST /invoices/${invoice.id}/remind.`,
    };
  }
  const due = dueOn ? ` by ${calendarDayText(dueOn)}` : '';
  return {
    answer: isPart
      ? `${name} is ${paidCents > 0 ? 'partly paid' : 'open'}: ${part}${due}.`
      : `${name} over ${total} is open${due && ` and due${due}`}.`,
    nextStep: "Wait for the customer's payment.",
  };
}
