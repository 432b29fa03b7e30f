import type { DayEntry, Kind } from './day-book.js';

/** An amount as it was posted: it counts from `postedOn`, and keeps its own day. */
export interface PostedEntry extends DayEntry {
  postedOn: string;
}

const keyOf = ({ proposalId, kind, day }: DayEntry): string => `${proposalId}|${kind}|${day}`;

/**
 * A second journal, kept beside the product's by the rule in its books: what is learned of a closed month counts from
 * the first open day. Nothing that was posted changes. It is kept up before each closing and reopening; between them
 * the first open day is the same, so that it does not matter how often the product itself posted meanwhile.
 */
export class HandJournal {
  readonly #posted: PostedEntry[] = [];
  readonly #known = new Map<string, number>();
  #firstOpenDay = '0000-00-00';

  /** From now on nothing is posted before this day. */
  openFrom(day: string): void {
    this.#firstOpenDay = day;
  }

  /** Posts what the truth of now has and the journal has not. */
  keepUp(truth: readonly DayEntry[]): void {
    const now = new Map(truth.map((entry) => [keyOf(entry), entry]));
    for (const key of new Set([...now.keys(), ...this.#known.keys()])) {
      const cents = (now.get(key)?.cents ?? 0) - (this.#known.get(key) ?? 0);
      if (cents === 0) continue;
      const [proposalId, kind, day] = key.split('|') as [string, Kind, string];
      const postedOn = day < this.#firstOpenDay ? this.#firstOpenDay : day;
      this.#posted.push({ proposalId: Number(proposalId), kind, day, cents, postedOn });
    }
    this.#known.clear();
    for (const [key, { cents }] of now) this.#known.set(key, cents);
  }

  /** The sum of what was posted of a kind and fits. */
  sum(kind: Kind, fits: (entry: PostedEntry) => boolean): number {
    return this.#posted.reduce((sum, one) => (one.kind === kind && fits(one) ? sum + one.cents : sum), 0);
  }

  entries(kind: Kind): readonly PostedEntry[] {
    return this.#posted.filter((one) => one.kind === kind);
  }
}
