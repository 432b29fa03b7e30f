import type { Json } from '../support/people.js';
import type { Kind } from './day-book.js';
import { add, nonZero } from './difference.js';
import type { PostedEntry } from './hand-journal.js';
import type { Year } from './year.js';

/** What the second journal has of a kind, by the number of the proposal. */
export function byJob(year: Year, kind: Kind, fits: (one: PostedEntry) => boolean): Map<string, number> {
  const found = new Map<string, number>();
  for (const one of year.journal.entries(kind)) if (fits(one)) add(found, String(one.proposalId), one.cents);
  return nonZero(found);
}

/** Billed, less earned, less credited. */
export function deferredByJob(year: Year, fits: (one: PostedEntry) => boolean): Map<string, number> {
  const found = byJob(year, 'billed', fits);
  for (const kind of ['earned', 'credited'] as const)
    for (const [key, cents] of byJob(year, kind, fits)) add(found, key, -cents);
  return nonZero(found);
}

/** What rows of a report come to by one of their fields. */
export function sums(rows: readonly Json[], key: string, field: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) add(found, String(row[key]), row[field] as number);
  return nonZero(found);
}

export function upTo(day: string) {
  return ({ postedOn }: PostedEntry): boolean => postedOn <= day;
}
