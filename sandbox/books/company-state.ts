import type { EntityName } from './catalog.ts';
import type { Posting } from './ledger/posting.ts';
import type { Recurring } from './recurring.ts';
import type { Row } from './store.ts';

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
