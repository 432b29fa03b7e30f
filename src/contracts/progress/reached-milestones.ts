import { DomainError } from '../../platform/errors/domain-error.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { ScheduledEntry } from '../schedule/entry-plan.js';

/** A milestone that was reached, by the sequence of its progress entry. */
export interface ReachedMilestone {
  sequence: number;
  reachedOn: CalendarDay;
}

type Named = Pick<ScheduledEntry, 'number' | 'kind' | 'sequence' | 'milestone'>;

/**
 * The milestones that were reached, in their places in a schedule that is set anew: each goes with its name, and
 * several of one name keep their order. Throws a conflict where one is not named any more: what it earned would be
 * taken back, or earned by another entry. Pure.
 */
export function movedMilestones(
  proposalId: number,
  { before, after }: { before: readonly Named[]; after: readonly Named[] },
  reached: readonly ReachedMilestone[],
): ReachedMilestone[] {
  return reached.flatMap(({ sequence, reachedOn }) => {
    const entry = before.find((one) => one.kind === 'progress' && one.sequence === sequence);
    if (!entry || entry.milestone === null) return [];
    const { milestone, number } = entry;
    const place = namesakes(before, milestone).indexOf(sequence);
    const moved = namesakes(after, milestone)[place];
    if (moved === undefined) throw isReached(proposalId, number, milestone);
    return [{ sequence: moved, reachedOn }];
  });
}

/** The sequences of the progress entries with a milestone of this name. */
function namesakes(entries: readonly Named[], milestone: string): number[] {
  return entries
    .filter((one) => one.kind === 'progress' && one.milestone === milestone)
    .map(({ sequence }) => sequence);
}

function isReached(proposalId: number, number: number, milestone: string): DomainError {
  return new DomainError(
    'conflict',
    'milestone_reached',
    `The milestone "${milestone}" of entry ${number} of proposal ${proposalId} was reached. Name it as it is, or ` +
      `take it back first by POST /proposals/${proposalId}/contract/entries/${number}/reached {"reached_on": null}.`,
  );
}
