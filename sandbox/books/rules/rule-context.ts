import type { Company } from '../company.ts';
import type { Body } from '../json.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** What a rule works with: the books, the change under way, and how it was asked for. */
export interface RuleContext {
  company: Company;
  unit: UnitOfWork;
  /** `include=allowduplicatedocnum`. */
  allowsDuplicateNumber: boolean;
  /** Done by a person in QBO's own pages, who is asked "are you sure?" where the API refuses. */
  byHand: boolean;
}

/** The rules of one kind of record. All throw a `Fault` to refuse, and the whole change is undone. */
export interface Rules {
  /** Turns what was sent (laid over what was there) into the record as QBO keeps it. */
  complete(context: RuleContext, draft: Body, before: Body | undefined): Body;
  /** Updates other records, after the record itself is stored. */
  afterWrite?(context: RuleContext, after: Body, before: Body | undefined): void;
  /** The record as it reads after a void. */
  voided?(context: RuleContext, body: Body): Body;
  /** Unlinks other records before a delete, or refuses it. */
  beforeDelete?(context: RuleContext, body: Body): void;
}
