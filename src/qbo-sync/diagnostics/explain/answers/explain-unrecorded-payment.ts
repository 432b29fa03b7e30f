import { moneyText } from '../../../../messages/format.js';
import type {
  HiddenMoneyFacts,
  InvoiceExplanationFacts,
  OperationFacts,
  ProposalFacts,
} from '../explain-facts.js';
import { againAt, type Answer, clause } from './wording.js';

/** The customer paid, and QuickBooks has the money elsewhere: nothing more can be asked for online. */
export function elsewhere(answer: string, { paidCents }: InvoiceExplanationFacts, currency: string): Answer {
  return {
    answer: `${answer}, because QuickBooks has ${moneyText(paidCents, currency)} on this invoice.`,
    nextStep:
      'Put the payment on this invoice in QuickBooks again; if it was meant for something else, agree with the ' +
      'customer on another way to pay this one, such as a check, and receive it there.',
  };
}

/** The customer paid, and somebody took the money off in QuickBooks, where other money may be on the invoice. */
export function takenOff(
  { hidden, inbox, currency }: Pick<ProposalFacts, 'inbox' | 'currency'> & { hidden: HiddenMoneyFacts },
  name: string,
  { balanceCents }: InvoiceExplanationFacts,
): Answer {
  const { cents, removedCents, removedPaymentId } = hidden;
  const [open, paid] = [moneyText(balanceCents, currency), moneyText(cents, currency)];
  const answer = `${name} is open over ${open} although ${paid} of it was paid`;
  const restCents = balanceCents - cents;
  const rest = restCents > 0 ? `; ${moneyText(restCents, currency)} is still due` : '';
  if (removedCents > 0) {
    if (inbox?.code === 'payment_removed')
      return { answer: `${answer}: ${clause(inbox.reason)}${rest}.`, nextStep: inbox.nextStep };
    return {
      answer: `${answer}, because that payment was deleted or voided in QuickBooks${rest}.`,
      nextStep:
        `Enter the payment on the invoice in QuickBooks again, or refund the customer by POST ` +
        `/payments/${removedPaymentId}/refund {"reason": "…"}.`,
    };
  }
  return {
    answer: `${answer}, because QuickBooks does not have that on this invoice${rest}.`,
    nextStep: 'Have the payment on this invoice in QuickBooks.',
  };
}

/** It came this moment, and is about to be recorded. */
export function justCame(answer: string): Answer {
  return {
    answer: `${answer}, because that payment is not in QuickBooks yet.`,
    nextStep: 'Wait; it is done by itself.',
  };
}

/** The organisation records payments itself, or did when this one came. */
export function byHand(answer: string, recordPayments: boolean): Answer {
  return recordPayments
    ? {
        answer: `${answer}, because it came while payments were not recorded in QuickBooks from here.`,
        nextStep: 'Record the payment in QuickBooks.',
      }
    : {
        answer: `${answer}, because payments are not recorded in QuickBooks from here.`,
        nextStep:
          'Record the payment in QuickBooks. To have later ones recorded from here, set record_payments by PATCH ' +
          '/org/settings.',
      };
}

/** We have the money and QuickBooks does not know of it: how far the operation that tells it has come. */
export function whyUnrecorded(facts: ProposalFacts, answer: string, recording: OperationFacts): Answer {
  const next = facts.inbox?.nextStep;
  switch (recording.state) {
    case 'refused':
    case 'needs_person':
      return {
        answer: `${answer}, because that payment is not in QuickBooks: ${clause(recording.reason)}.`,
        nextStep: next ?? 'Record the payment in QuickBooks by hand, unless it stands there already.',
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
