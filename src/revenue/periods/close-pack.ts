import { createHash } from 'node:crypto';
import type { DeferredSum } from '../reports/revenue-sums.repository.js';
import { sumIn } from '../../platform/money/money.js';
import { canonicalJson } from '../../platform/text/canonical-json.js';

/** What was posted into a month from one source, on one day of its own. */
export interface PackDocument {
  proposalId: number;
  currency: string;
  kind: string;
  item: string;
  sourceKind: string;
  sourceId: string;
  eventOn: string;
  cents: number;
}

/** What customers owed by invoices of one contract. */
export interface PackReceivable {
  proposalId: number;
  currency: string;
  openingCents: number;
  invoicedCents: number;
  settledCents: number;
  closingCents: number;
}

/** One sum of the month. */
export interface PackSum {
  currency: string;
  item: string;
  cents: number;
}

/** Everything the hash of a closed month is over: its figures, and the documents they come from. */
export interface PackFigures {
  month: string;
  /** Of the month before; null where that was never closed. */
  previousHash: string | null;
  earned: PackSum[];
  received: PackSum[];
  tax: PackSum[];
  badDebts: PackSum[];
  lost: PackSum[];
  deferred: DeferredSum[];
  receivables: PackReceivable[];
  /** The documents of earlier months among the documents: learned after their month was closed. */
  adjustments: PackDocument[];
  documents: PackDocument[];
}

/** The figures of a month out of what was posted in it. Pure. */
export function packFigures({
  month,
  previousHash,
  documents,
  deferred,
  receivables,
}: Pick<PackFigures, 'month' | 'previousHash' | 'documents' | 'deferred' | 'receivables'>): PackFigures {
  return {
    month,
    previousHash,
    earned: sums(documents, 'earned'),
    received: sums(documents, 'received'),
    tax: sums(documents, 'tax'),
    badDebts: sums(documents, 'bad_debt'),
    lost: sums(documents, 'lost'),
    deferred,
    receivables,
    adjustments: documents.filter(({ eventOn }) => eventOn < `${month}-01`),
    documents,
  };
}

function sums(documents: readonly PackDocument[], kind: string): PackSum[] {
  const groups = Map.groupBy(
    documents.filter((one) => one.kind === kind),
    ({ currency, item }) => `${currency}|${item}`,
  );
  return [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, some]) => ({
      currency: some[0]!.currency,
      item: some[0]!.item,
      cents: sumIn(some[0]!.currency, some, ({ cents }) => cents),
    }))
    .filter(({ cents }) => cents !== 0);
}

/** SHA-256 of the figures as canonical JSON, in hexadecimal: the same for the same figures, however they were built. */
export function packHash(figures: PackFigures): string {
  return createHash('sha256').update(canonicalJson(figures)).digest('hex');
}
