import { momentText } from '../../../../messages/format.js';
import { matchNextStep } from '../../../push/customers/match/match-text.js';
import type { CustomerExplanationFacts } from '../explain-facts.js';
import { connectionTrouble, whyOperation } from './explain-operation.js';
import { withOpenMatters } from './open-matters.js';
import { type Answer, clause, NOTHING_TO_DO } from './wording.js';

/** Why a customer is not in QuickBooks, or that it is: one sentence from facts, and what to do next. Pure and total. */
export function whyCustomer(facts: CustomerExplanationFacts): Answer {
  return withOpenMatters(mainAnswer(facts), { ...facts, excess: null, keptOut: null });
}

function mainAnswer(facts: CustomerExplanationFacts): Answer {
  const sync = `by POST /qbo/sync/customer/${facts.id}`;
  const trouble = connectionTrouble(facts.connection, facts.timeZone);
  if (facts.qboCustomerId !== null) return whyLinked(facts, sync, trouble);
  const undecided = trouble ? null : whyUndecided(facts);
  if (undecided) return undecided;
  if (facts.operation) {
    return whyOperation(facts.operation, {
      ...facts,
      what: 'the customer',
      opening: 'This customer is not in QuickBooks',
      again: `sync it again ${sync}`,
    });
  }
  if (trouble) {
    return {
      answer: `This customer is not in QuickBooks, because ${trouble.clause}.`,
      nextStep: trouble.nextStep,
    };
  }
  if (facts.resting !== null) return whyResting(facts.id, facts.resting);
  return {
    answer: 'This customer is not in QuickBooks, because nothing has needed it there yet.',
    nextStep: `Nothing to do: it is made with its first invoice, or at once ${sync}.`,
  };
}

function whyResting(id: number, resting: 'inactive' | 'erased'): Answer {
  if (resting === 'erased') {
    const answer = 'This customer is not in QuickBooks, and its personal data was erased here.';
    return { answer, nextStep: NOTHING_TO_DO };
  }
  const patch = `PATCH /customers/${id} {"is_active": true}`;
  return {
    answer: 'This customer is not in QuickBooks, because it is inactive here.',
    nextStep: `Nothing to do; where there is work for them, make them active by ${patch}.`,
  };
}

/** Null where nothing about a match is to be decided. */
function whyUndecided({
  id,
  inbox,
  excluded,
  undecided,
  operation,
}: CustomerExplanationFacts): Answer | null {
  if (excluded) {
    return {
      answer: 'This customer is not in QuickBooks, because a person keeps it out.',
      nextStep: `To have it there, decide anew by POST /customers/${id}/match.`,
    };
  }
  if (!undecided) return null;
  const isAsked = inbox?.code === 'customer_match';
  const why = operation?.reason ? clause(operation.reason) : 'a person has to decide whether it is';
  return {
    answer: `This customer is not in QuickBooks: ${lowerFirst(why)}.`,
    nextStep: isAsked ? inbox.nextStep : matchNextStep(id),
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function whyLinked(
  { lastSyncAt, inOtherCompany, inactive, differs, timeZone }: CustomerExplanationFacts,
  sync: string,
  trouble: { clause: string; nextStep: string } | null,
): Answer {
  if (inOtherCompany) {
    return {
      answer: 'This customer is in another QuickBooks company than the one connected now.',
      nextStep: `Nothing to do: it is made in this one with its next invoice, or at once ${sync}.`,
    };
  }
  const synced = lastSyncAt ? ` and was last synced on ${momentText(lastSyncAt, timeZone)}` : '';
  if (trouble) {
    return {
      answer: `This customer is in QuickBooks${synced}, but now ${trouble.clause}.`,
      nextStep: trouble.nextStep,
    };
  }
  if (inactive) {
    return {
      answer: `This customer is in QuickBooks${synced}, but was made inactive there.`,
      nextStep:
        'Make it active again in QuickBooks before its next invoice, or leave it so if there is none to come.',
    };
  }
  if (differs) {
    return {
      answer: `This customer is in QuickBooks${synced}, but was changed here since.`,
      nextStep: `Nothing to do: the change goes over with the next invoice, or at once ${sync}.`,
    };
  }
  return { answer: `This customer is in QuickBooks${synced}.`, nextStep: NOTHING_TO_DO };
}
