import type { Contractor, Job } from './contractor.ts';
import type { Installation } from './installation.ts';
import type { Journal } from './journal.ts';
import type { Deed } from './plan.ts';

export interface Doing {
  at: Installation;
  contractor: Contractor;
  journal: Journal;
  deed: Deed;
}

/** Does it and answers what came of it; undefined where there was nothing to do it with. */
export type Act = (doing: Doing) => Promise<{ job?: Job | undefined; result: string } | undefined>;

export function one<T>(all: readonly T[], which: number): T | undefined {
  return all.length === 0 ? undefined : all[which % all.length];
}

/** The text of a field of a record; nothing where it has another kind of value. */
export function textIn(field: unknown): string {
  return typeof field === 'string' ? field : '';
}
