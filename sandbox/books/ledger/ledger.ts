import type { Posting } from './posting.ts';

/** What is left of an open item, debit positive: in its own currency and in home currency. */
export interface OpenItem {
  amount: number;
  home: number;
}

interface Balance {
  home: number;
  byCurrency: Map<string, number>;
}

const NOTHING: OpenItem = { amount: 0, home: 0 };

/**
 * The double-entry ledger of one company: the postings of each document, account balances and open items. Every
 * document's postings add up to zero in home currency; `replace` throws where they do not.
 */
export class Ledger {
  readonly #byDocument = new Map<string, readonly Posting[]>();
  readonly #balances = new Map<string, Balance>();
  readonly #openItems = new Map<string, OpenItem>();

  /** The postings of a document, such as `Invoice|128`. */
  postingsOf(document: string): readonly Posting[] {
    return this.#byDocument.get(document) ?? [];
  }

  /** Every document with its postings, in the order they were first posted. */
  documents(): IterableIterator<[string, readonly Posting[]]> {
    return this.#byDocument.entries();
  }

  /** An account's balance in home minor units, debit positive. */
  homeBalance(account: string): number {
    return this.#balances.get(account)?.home ?? 0;
  }

  /** An account's balance in minor units of one currency, for an account kept in it. Debit positive. */
  foreignBalance(account: string, currency: string): number {
    return this.#balances.get(account)?.byCurrency.get(currency) ?? 0;
  }

  /** What is left of an open item. */
  open(openItem: string): OpenItem {
    return this.#openItems.get(openItem) ?? NOTHING;
  }

  /** The open items that are not settled. */
  openItems(): IterableIterator<[string, OpenItem]> {
    return this.#openItems.entries();
  }

  /** Puts a document's postings in place of those it had, and returns the old ones. */
  replace(document: string, postings: readonly Posting[]): readonly Posting[] {
    const sum = postings.reduce((total, { home }) => total + home, 0);
    if (sum !== 0) throw new Error(`The postings of ${document} are out of balance by ${sum}.`);
    const before = this.postingsOf(document);
    for (const posting of before) this.#add(posting, -1);
    for (const posting of postings) this.#add(posting, 1);
    if (postings.length > 0) this.#byDocument.set(document, postings);
    else this.#byDocument.delete(document);
    return before;
  }

  #add({ account, amount, currency, home, openItem }: Posting, sign: 1 | -1): void {
    const balance = this.#balances.get(account) ?? { home: 0, byCurrency: new Map<string, number>() };
    balance.home += sign * home;
    balance.byCurrency.set(currency, (balance.byCurrency.get(currency) ?? 0) + sign * amount);
    this.#balances.set(account, balance);
    if (openItem === undefined) return;
    const open = this.open(openItem);
    const left = { amount: open.amount + sign * amount, home: open.home + sign * home };
    if (left.amount === 0 && left.home === 0) this.#openItems.delete(openItem);
    else this.#openItems.set(openItem, left);
  }
}
