import { sumCents } from '../../platform/money/cents.js';

/** Why QuickBooks' income and ours differ in a document. */
export type RevenueDifferenceReason =
  | 'other_company'
  | 'policy'
  | 'closed_month'
  | 'deposit_held'
  | 'foreign_currency'
  | 'not_ours'
  | 'sales_receipt'
  | 'journal_entry'
  | 'credit_memo'
  | 'refund_receipt'
  | 'bank_deposit'
  | 'unapplied_payment'
  | 'dispute_lost'
  | 'not_in_books'
  | 'unexplained';

/** What QuickBooks says a document moved on its income accounts, in home cents. */
export interface BookedIncome {
  /** QuickBooks' name of the type, without spaces: `CreditMemo`. */
  type: string;
  qboId: string;
  cents: number;
}

/** What is ours of one source, and the document in QuickBooks that it stands for. */
export interface OurIncome {
  type: string | null;
  qboId: string | null;
  /** Our own name of it. A milestone, a month of progress and a change order are numbered within their contract. */
  source: string;
  proposalId: number;
  currency: string;
  cents: number;
  isInvoicePolicy: boolean;
  isDepositHeld: boolean;
  /** Some of it counts in another month than its own, which was closed. */
  isMoved: boolean;
  /** Of an invoice or a refund of ours: nothing of it may be missing in the books. */
  isOurs: boolean;
  /** In the books of a company of QuickBooks that was connected before. */
  isElsewhere: boolean;
  /** Of a refund: the receipts of all refunds of its payment, which are compared together. */
  receiptIds: readonly string[];
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

/** Reasons of documents that are not ours, by their type. */
const BY_TYPE: Readonly<Record<string, RevenueDifferenceReason>> = {
  SalesReceipt: 'sales_receipt',
  JournalEntry: 'journal_entry',
  CreditMemo: 'credit_memo',
  RefundReceipt: 'refund_receipt',
  Deposit: 'bank_deposit',
  Payment: 'unapplied_payment',
};

/**
 * QuickBooks' income less ours, document by document, each difference under one reason; the reasons sum to the whole.
 * Only what is in the company's home currency is ours here. `unexplained` is a document of ours that says something
 * else in the books for none of the known reasons. Pure.
 */
export function compareRevenue(
  booked: readonly BookedIncome[],
  ours: readonly OurIncome[],
  { homeCurrency, basis }: { homeCurrency: string; basis: 'accrual' | 'cash' },
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
    const reason = reasonOf(document, basis, homeCurrency);
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

function reasonOf(
  { type, booked, ours }: { type: string; booked: number; ours: readonly OurIncome[] },
  basis: 'accrual' | 'cash',
  homeCurrency: string,
): RevenueDifferenceReason {
  const some = (is: (one: OurIncome) => boolean): boolean => ours.some(is);
  if (ours.length === 0) return BY_TYPE[type] ?? 'not_ours';
  if (some(({ isElsewhere }) => isElsewhere)) return 'other_company';
  if (some(({ currency }) => currency !== homeCurrency)) return 'foreign_currency';
  if (basis === 'accrual' && some(({ isInvoicePolicy }) => !isInvoicePolicy)) return 'policy';
  if (some(({ isMoved }) => isMoved)) return 'closed_month';
  if (some(({ source }) => source.startsWith('dispute'))) return 'dispute_lost';
  if (basis === 'cash' && some(({ isDepositHeld }) => isDepositHeld)) return 'deposit_held';
  // A credit memo can be larger than what of it is used on our invoices.
  if (type === 'CreditMemo' || some(({ source }) => source.startsWith('application'))) return 'credit_memo';
  if (booked === 0 && some(({ isOurs }) => !isOurs)) return 'not_in_books';
  return 'unexplained';
}
