import { DOCUMENT_TYPES } from '../../api/model/qbo-documents.js';
import { pagesOf } from '../../api/page-walk.js';

/**
 * Metered reads that a fill of the mirror takes: the chart of accounts, of each type its count and its pages, and what
 * changed meanwhile. `documents`: how many there are by type, as far as that is known; so it is the least until they
 * are counted, and then what pages of a thousand take. Documents that are too long for those are read by shorter ones,
 * which is more than that. Pure.
 */
export function fillReads(documents: Readonly<Partial<Record<string, number>>>): number {
  return DOCUMENT_TYPES.reduce((reads, type) => reads + 1 + pagesOf(documents[type] ?? 0), 2);
}
