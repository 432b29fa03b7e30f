import { after } from '../../platform/time/after.js';

/** Of a form with a code of the second factor. */
const OF_CODE_MS = 10_000;
/** Of the form that a mailed link leads to, which may be open in two tabs as well. */
const OF_LINK_MS = 60_000;

/** From when on what was done by a code may be the first press of the one of now. Pure. */
export function firstPressSince(now: Date): Date {
  return after(now, -OF_CODE_MS);
}

/** The same of what was done by a mailed link. Pure. */
export function firstPressOfLinkSince(now: Date): Date {
  return after(now, -OF_LINK_MS);
}
