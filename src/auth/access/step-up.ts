import { after } from '../../platform/time/after.js';

/** For so long after a sign-in or confirmation a session may do what wants one. */
const STEP_UP_MS = 15 * 60_000;

/** Until when a proof of who somebody is opens routes that want one. Pure. */
export function stepUpEnds(confirmedAt: Date): Date {
  return after(confirmedAt, STEP_UP_MS);
}

/** True while the last proof of who somebody is is recent enough. Pure. */
export function isProofRecent(confirmedAt: Date, now: Date): boolean {
  return now < stepUpEnds(confirmedAt);
}
