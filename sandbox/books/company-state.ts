import type { EntityName } from './catalog.ts';
import type { Posting } from './ledger/posting.ts';
import type { Body } from './json.ts';

/** A stored record. Rows are replaced, never changed, so a row once read does not change. */
export interface Row {
  readonly body: Body;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Position in the company's one line of changes; breaks ties within a millisecond. */
  readonly order: number;
  readonly deletedAt: number | null;
}

/** A transaction that is made again and again: its template with its schedule, and what came of it so far. */
export interface Recurring {
  type: EntityName;
  body: Body;
  /** How many documents there are of it; 0 where absent. */
  made?: number;
  /** The last one that the books refused. */
  refused?: { day: string; refusal: string };
}

/** The books of one company as JSON. */
export interface CompanyState {
  realmId: string;
  subscription: 'active' | 'ended';
  warnsOfDuplicateNumbers: boolean;
  recurring: [id: string, recurring: Recurring][];
  /** Uploaded files in base64, by the Id of their Attachable. */
  files: [id: string, content: string][];
  /** How many changes there have been: the order of the next one. */
  changes: number;
  lastNumbers: [series: string, last: number][];
  sequences: [sequence: string, last: number][];
  tables: [EntityName, [id: string, row: Row][]][];
  postings: [document: string, postings: readonly Posting[]][];
}
