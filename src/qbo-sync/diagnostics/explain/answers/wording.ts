import { dayText, momentText } from '../../../../messages/format.js';
import type { FormerTimeZone } from '../../../../orgs/time-zones/day-of-org-sql.js';
import { zoneAt } from '../../../../orgs/time-zones/zone-at.js';
import { cutText } from '../../../../platform/text/cut-text.js';

const CLAUSE_MAX = 240;

/** What to say, and what to do about it. */
export interface Answer {
  /** One sentence. */
  answer: string;
  nextStep: string;
}

export const NOTHING_TO_DO = 'Nothing to do.';

/** What somebody else wrote, several sentences perhaps, as a part of one: no stop inside, none at its end. */
export function clause(text: string | null): string {
  const line = (text ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[.!?]+(?=\s)/g, ';')
    .replaceAll(/^[\s.!?;:,]+|[\s.!?;:,]+$/g, '');
  if (line === '') return 'no reason was given';
  return cutText(line, CLAUSE_MAX, '…');
}

/** The day of what happened, as every report and the document in QuickBooks have it: of the time zone of then. */
export function dayThenText(
  instant: Date,
  zones: { timeZone: string; formerTimeZones: readonly FormerTimeZone[] },
): string {
  return dayText(instant, zoneAt(instant, zones));
}

/** When something is tried again by itself. */
export function againAt(nextAttemptAt: Date, { now, timeZone }: { now: Date; timeZone: string }): string {
  return nextAttemptAt > now ? `by itself on ${momentText(nextAttemptAt, timeZone)}` : 'by itself now';
}
