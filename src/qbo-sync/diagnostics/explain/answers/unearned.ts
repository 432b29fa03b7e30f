import type { ContractStatus } from '../../../../contracts/contract-record.js';
import { percentText } from '../../../../messages/format.js';
import type { ProposalFacts } from '../explain-facts.js';
import type { Answer } from './wording.js';

/**
 * Where the work is complete and its revenue follows the percentage: at how many percent it stands, so that the rest is
 * never earned; null at 100, and where nothing is amiss. Pure.
 */
export function unearnedFrom(
  { contract, isComplete }: Pick<ContractStatus, 'contract' | 'isComplete'>,
  progress: readonly { percent: number }[],
): number | null {
  if (!isComplete || contract.revenuePolicy !== 'percent') return null;
  const percent = progress.at(-1)?.percent ?? 0;
  return percent < 100 ? percent : null;
}

/** What is never earned is said whatever else there is to do, and is what to do where there is nothing. Pure. */
export function withUnearned(
  answer: Answer,
  { id, unearnedFromPercent: percent, status }: ProposalFacts,
  isDone: boolean,
): Answer {
  if (percent === null || status === 'cancelled') return answer;
  const enter =
    `Where all of the work is done, enter 100 % by PUT /proposals/${id}/contract/progress; else lower what is billed ` +
    'by a change order.';
  return {
    answer:
      `${answer.answer.replace(/\.$/, '')}; the work is complete and stands at ${percentText(percent)}, so that the ` +
      'rest is never earned.',
    nextStep: isDone ? enter : `${answer.nextStep} ${enter}`,
  };
}
