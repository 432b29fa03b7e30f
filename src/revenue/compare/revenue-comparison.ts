import { sumCents } from '../../platform/money/cents.js';
import type { RevenueBasis } from '../revenue-basis.js';
import { type OurIncome, differenceReason, type RevenueDifferenceReason } from './difference-reason.js';

/** What QuickBooks says a document moved on its income accounts, in home cents. */
export interface BookedIncome {
  /** QuickBooks' name of the type, without spaces: `CreditMemo`. */
  type: string;
  qboId: string;
  cents: number;
}

export interface DifferenceDocument {
  type: string;
  id: string;
  /** Of what is ours of it; null where it is of no proposal, or of several. */
  proposalId: number | null;
  oursCents: number;
  quickbooksCents: number;
}

export interface RevenueDifference {
  reason: RevenueDifferenceReason;
  cents: number;
  documents: DifferenceDocument[];
}

export interface RevenueComparison {
  oursCents: number;
  quickbooksCents: number;
  differenceCents: number;
  unexplainedCents: number;
  reasons: RevenueDifference[];
}

/**
 * QuickBooks' income less ours, document by document, each difference under one reason; the reasons sum to the whole.
 * Only what is in the company's home currency is ours here. `unexplained` is a document of ours that says something
 * else in the books for none of the known reasons. Pure.
 */
export function compareRevenue(
  booked: readonly BookedIncome[],
  ours: readonly OurIncome[],
  { homeCurrency, basis }: { homeCurrency: string; basis: RevenueBasis },
): RevenueComparison {
  const documents = new Map<string, { booked: number; ours: OurIncome[]; type: string; id: string }>();
  const together = new Map(
    ours.flatMap(({ type, qboId, receiptIds }) => receiptIds.map((id) => [`${type}:${id}`, qboId])),
  );
  const at = (type: string, wanted: string, within = '') => {
    const id = together.get(`${type}:${wanted}`) ?? wanted;
    const key = `${type}:${within}:${id}`;
    const known = documents.get(key) ?? { booked: 0, ours: [], type, id };
    documents.set(key, known);
    return known;
  };
  for (const { type, qboId, cents } of booked) at(type, qboId).booked += cents;
  for (const one of ours) {
    if (one.type !== null && one.qboId !== null) at(one.type, one.qboId).ours.push(one);
    else at('crm', one.source, String(one.proposalId)).ours.push(one);
  }
  const differences = new Map<RevenueDifferenceReason, RevenueDifference>();
  let oursCents = 0;
  for (const document of documents.values()) {
    const home = document.ours.filter(({ currency }) => currency === homeCurrency);
    const cents = sumCents(home.map((one) => one.cents));
    oursCents += cents;
    const difference = document.booked - cents;
    if (difference === 0) continue;
    const reason = differenceReason({ ...document, difference }, basis, homeCurrency);
    const known = differences.get(reason) ?? { reason, cents: 0, documents: [] };
    known.cents += difference;
    known.documents.push({
      type: document.type,
      id: document.id,
      proposalId: onlyProposalOf(document.ours),
      oursCents: cents,
      quickbooksCents: document.booked,
    });
    differences.set(reason, known);
  }
  const quickbooksCents = sumCents(booked.map(({ cents }) => cents));
  return {
    oursCents,
    quickbooksCents,
    differenceCents: quickbooksCents - oursCents,
    unexplainedCents: differences.get('unexplained')?.cents ?? 0,
    reasons: [...differences.values()].toSorted((one, other) => (one.reason < other.reason ? -1 : 1)),
  };
}

function onlyProposalOf(ours: readonly OurIncome[]): number | null {
  const [first, ...others] = new Set(ours.map(({ proposalId }) => proposalId));
  return first === undefined || others.length > 0 ? null : first;
}
