/** QuickBooks' own time is kept less this, so that what was being written while it answered is read again. */
export const OVERLAP_MS = 5 * 60_000;
