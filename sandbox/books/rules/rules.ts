import type { Company } from '../company.ts';
import type { Body } from '../json.ts';
import type { Writing } from '../writing.ts';

/** What a rule works with: the books, the change under way, and how it was asked for. */
export interface Work {
  company: Company;
  writing: Writing;
  /** `include=allowduplicatedocnum`. */
  allowsDuplicateNumber: boolean;
  /** Done by a person in QBO's own pages, who is asked "are you sure?" where the API refuses. */
  byHand: boolean;
}

/** The rules of one kind of record. All throw a `Fault` to refuse, and the whole change is undone. */
export interface Rules {
  /** Turns what was sent (laid over what was there) into the record as QBO keeps it. */
  complete(work: Work, draft: Body, before: Body | undefined): Body;
  /** Carries the change over to other records, once it is stored. */
  settle?(work: Work, after: Body, before: Body | undefined): void;
  /** The record as it reads after a void. */
  voided?(work: Work, body: Body): Body;
  /** Lets go of other records before a delete, or refuses it. */
  release?(work: Work, body: Body): void;
}
