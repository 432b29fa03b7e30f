import type { Body } from '../json.ts';
import type { Store } from '../store.ts';
import type { Ledger } from './ledger.ts';

/** What a document is posted with: the other records, the ledger so far, and the document's currency. */
export interface PostingContext {
  store: Store;
  ledger: Ledger;
  currency: string;
  home: string;
  /** The receivable or payable account of a document, or `own` where one is known already. */
  openAccount(kind: 'receivable' | 'payable', body: Body, own?: string): string;
}
