import { inboxMessageOf } from '../../../../messages/inbox-messages.js';
import { dayText, momentText } from '../../../../messages/format.js';
import type { ConnectionFacts, InboxFacts, OperationFacts } from '../explain-facts.js';
import { againAt, type Answer, clause } from './wording.js';

/** What an operation is about, in the words of its answers. */
export interface OperationContext {
  /** `the invoice`. */
  what: string;
  /** The beginning of the sentence, a main clause without its stop: `This proposal was approved on March 2, 2026`. */
  opening: string;
  /** How a person asks for it once more. */
  again: string;
  connection: ConnectionFacts;
  inbox: InboxFacts | null;
  now: Date;
  timeZone: string;
}

export const KEPT_OUT = 'a person keeps the customer out of QuickBooks';

/** What to do where waiting brings nothing, because of a customer that is kept out. */
export function decideAnew(customerId: number): string {
  return `To have the invoice there, decide anew by POST /customers/${customerId}/match.`;
}

const CONNECT = 'at /qbo/oauth/start; the rest follows by itself.';

/** What stands between us and QuickBooks as a whole, as a clause and with its next step; null where nothing does. */
export function connectionTrouble(
  { state, since }: ConnectionFacts,
  timeZone: string,
): { clause: string; nextStep: string } | null {
  switch (state) {
    case 'connected':
      return null;
    case 'never':
    case 'disconnected':
      return { clause: 'QuickBooks is not connected', nextStep: `Connect QuickBooks ${CONNECT}` };
    case 'needs_reauth': {
      const from = since ? ` since ${dayText(since, timeZone)}` : '';
      return {
        clause: `QuickBooks has to be connected again${from}`,
        nextStep: inboxMessageOf('connection_lost').nextStep,
      };
    }
    case 'elsewhere':
      return {
        clause: "the connected company lives in another environment of Intuit's than this installation",
        nextStep: 'Set QBO_ENV to the environment of the company, or connect a company of this one.',
      };
    default:
      return state satisfies never;
  }
}

/** Why something that is wanted of QuickBooks is not done yet. Pure and total over the states of an operation. */
export function whyOperation(operation: OperationFacts, context: OperationContext): Answer {
  const { what, opening, again, inbox, timeZone } = context;
  const trouble = connectionTrouble(context.connection, timeZone);
  switch (operation.state) {
    case 'waiting':
    case 'held_back':
    case 'ready':
      if (trouble) return { answer: `${opening}, but ${trouble.clause}.`, nextStep: trouble.nextStep };
      return operation.reason === null ? soon(context) : later(operation, context);
    case 'sent':
      if (trouble) return lost(operation, context, trouble);
      return {
        answer: `${opening}, and ${what} is being made in QuickBooks.`,
        nextStep: 'Look again in a minute.',
      };
    case 'uncertain':
      return lost(operation, context, trouble);
    case 'refused':
      return {
        answer: `${opening}, but ${what} was refused: ${clause(operation.reason)}.`,
        nextStep: inbox?.nextStep ?? `Mend what it names, then ${again}.`,
      };
    case 'needs_person':
      return {
        answer: `${opening}, but a person has to decide about ${what}: ${clause(operation.reason)}.`,
        nextStep: inbox?.nextStep ?? `Look in QuickBooks; if it is not there, ${again}.`,
      };
    case 'done':
      return {
        answer: `${opening}, and ${what} was made in QuickBooks, but it is not tied to this record any more.`,
        nextStep: `To have it again, ${again}.`,
      };
    default:
      return operation.state satisfies never;
  }
}

function soon({ what, opening }: OperationContext): Answer {
  return {
    answer: `${opening}, and ${what} is about to be made in QuickBooks.`,
    nextStep: 'Wait; it is made by itself.',
  };
}

function later({ reason, nextAttemptAt }: OperationFacts, context: OperationContext): Answer {
  const { what, opening, inbox } = context;
  return {
    answer:
      `${opening}, but ${what} could not be made yet (${clause(reason)}) and is tried again ` +
      `${againAt(nextAttemptAt, context)}.`,
    nextStep: inbox?.nextStep ?? 'Wait, unless it goes on for hours.',
  };
}

function lost(
  { since, nextAttemptAt }: OperationFacts,
  context: OperationContext,
  trouble: { clause: string; nextStep: string } | null,
): Answer {
  const { what, timeZone } = context;
  const answer =
    `QuickBooks did not answer when ${what} was sent on ${momentText(since, timeZone)}, so ` +
    'it is not known whether it was made';
  if (trouble) {
    return { answer: `${answer}, and ${trouble.clause}.`, nextStep: trouble.nextStep };
  }
  return {
    answer: `${answer}; it is looked for ${againAt(nextAttemptAt, context)}.`,
    nextStep: 'Wait, and do not enter it in QuickBooks by hand meanwhile.',
  };
}
