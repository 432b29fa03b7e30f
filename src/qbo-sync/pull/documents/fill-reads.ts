import { DOCUMENT_TYPES } from '../../api/model/qbo-documents.js';

/** QuickBooks answers at most so many documents at once. */
const PAGE = 1_000;

/**
 * Metered reads that a fill of the mirror takes: the chart of accounts, and of each type its count, its full pages and
 * the one that is not full. `documents`: how many there are by type, as far as that is known; so it is the least until
 * they are counted, and then exact. Pure.
 */
export function fillReads(documents: Readonly<Partial<Record<string, number>>>): number {
  return DOCUMENT_TYPES.reduce((reads, type) => reads + Math.floor((documents[type] ?? 0) / PAGE) + 2, 1);
}
