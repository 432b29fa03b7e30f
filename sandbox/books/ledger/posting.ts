import { type Decimals, exponentOf, keptOf, productOf } from '../money.ts';

/** Whose receivable or payable a posting changes. */
export interface Party {
  type: 'Customer' | 'Vendor' | 'Employee';
  id: string;
}

/** One side of a transaction in the ledger. Debits are positive, credits negative. */
export interface Posting {
  /** Id of the account. */
  account: string;
  /** Minor units of the transaction's currency. */
  amount: number;
  currency: string;
  /** Minor units of the company's home currency. */
  home: number;
  party?: Party;
  /** The open item it adds to or takes from, on accounts receivable and payable: `Invoice|128|58`. */
  openItem?: string;
  /** The money an invoice brings with its own `Deposit`. */
  isDeposit?: boolean;
  /** Id of the line of the document it stands for. */
  line?: string;
  /** Id of the item whose stock it moves. */
  item?: string;
  /** Id of the item whose cost it is, first in, first out: it follows from all documents of the item. */
  costOf?: string;
}

/**
 * A posting before it is converted. `home` is set where another document's rate holds, as on a settled
 * receivable.
 */
export type Draft = Omit<Posting, 'home' | 'currency'> & { home?: number };

/** The key of an open item: what one document leaves open with one customer or vendor. */
export function openItemKey(type: string, id: string, partyId: string): string {
  return `${type}|${id}|${partyId}`;
}

/** An amount in home minor units, rounded half away from zero to the digits that are kept. */
export function homeOf(
  minor: number,
  currency: string,
  rate: unknown,
  home: string,
  decimals: Decimals,
): number {
  if (currency === home) return minor;
  const scaled = `${minor}e-${exponentOf(currency)}`;
  return keptOf(productOf(scaled, rate ?? 1, home), home, decimals);
}

/**
 * The drafts converted at the document's rate; zero amounts fall away. What rounding leaves over goes to the
 * last posting that is no open item; what rates of other documents leave over is an exchange gain or loss.
 * Pure.
 */
export function converted(
  drafts: readonly Draft[],
  at: {
    currency: string;
    rate: unknown;
    home: string;
    decimals: Decimals;
    gainAccount: string | undefined;
  },
): Posting[] {
  const { currency, rate, home, decimals, gainAccount } = at;
  const postings = drafts
    .filter(({ amount, home: fixed }) => amount !== 0 || (fixed ?? 0) !== 0)
    .map((draft): Posting => ({
      ...draft,
      currency,
      home: draft.home ?? homeOf(draft.amount, currency, rate, home, decimals),
    }));
  const difference = postings.reduce((sum, posting) => sum + posting.home, 0);
  if (difference === 0) return postings;
  if (gainAccount !== undefined && drafts.some((draft) => draft.home !== undefined))
    return [...postings, { account: gainAccount, amount: 0, currency, home: -difference }];
  const at_ = postings.findLastIndex(({ openItem }) => openItem === undefined);
  const last = postings[at_];
  return last ? postings.with(at_, { ...last, home: last.home - difference }) : postings;
}
