import { DAY_MS } from '../../../platform/time/after.js';

/** Why a company's invoices are compared in full. */
export type ReconciliationReason = 'asked' | 'first_look' | 'feed_refused' | 'feed_full' | 'weekly';

/** Where the change feed told a part of what changed, or looks back no further than to a part of it. */
export const CUT_OFF_REASONS = ['first_look', 'feed_full'] as const satisfies ReconciliationReason[];

export function isCutOff(reason: ReconciliationReason): boolean {
  return CUT_OFF_REASONS.some((one) => one === reason);
}

/** What a poll knows of a company after it asked what changed. */
export interface ChangeFeedState {
  /** QuickBooks' own time up to which changes are known; null before the first full look. */
  changedSince: Date | null;
  /** When all invoices were last compared. */
  comparedAt: Date | null;
  /** How QuickBooks answered the question what changed: wholly, with too much to tell it all, or not for us. */
  feed: 'whole' | 'full' | 'refused';
}

/** QuickBooks tells changes of the last 30 days; a day is left for clocks and delays. */
const LOOK_BACK_MAX_MS = 29 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;

/** True when asking what changed since then can be answered. */
export function isWithinLookBack(changedSince: Date | null, now: Date): changedSince is Date {
  return changedSince !== null && now.getTime() - changedSince.getTime() < LOOK_BACK_MAX_MS;
}

/**
 * Why the change feed is not enough this time, or null where it is. Without a cursor that QuickBooks still answers
 * for, everything is unknown; and once a week a look at everything finds what a feed may have left out.
 */
export function reconciliationTrigger(
  { changedSince, comparedAt, feed }: ChangeFeedState,
  now: Date,
): ReconciliationReason | null {
  if (!isWithinLookBack(changedSince, now)) return 'first_look';
  if (feed === 'refused') return 'feed_refused';
  if (feed === 'full') return 'feed_full';
  return comparedAt === null || now.getTime() - comparedAt.getTime() >= WEEK_MS ? 'weekly' : null;
}
