import type { DayEntry, Kind } from './day-book.js';

/** An amount as it was posted: it counts from `postedOn`, and keeps its own day. */
export interface PostedEntry extends DayEntry {
  postedOn: string;
}

const keyOf = ({ proposalId, kind, day }: DayEntry): string => `${proposalId}|${kind}|${day}`;

/**
 * A second journal, kept beside the product's by the rule in its books: what is learned of a closed month counts from
 * the first open day, and is taken back where it counts. Nothing that was posted changes. It is kept up before each
 * closing and reopening; between them the first open day is the same, so that it does not matter how often the product
 * itself posted meanwhile.
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
      const entry = { proposalId: Number(proposalId), kind, day };
      const backCents = this.#takeBack(entry, cents, postedOn);
      if (backCents !== cents) this.#posted.push({ ...entry, cents: cents - backCents, postedOn });
    }
    this.#known.clear();
    for (const [key, { cents }] of now) this.#known.set(key, cents);
  }

  /**
   * What stands in a later month, as its own was closed when it was learned, is taken back there where its own is open
   * again. Answers how much of the amount that is.
   */
  #takeBack(entry: Omit<DayEntry, 'cents'>, cents: number, from: string): number {
    const later = Map.groupBy(
      this.#posted.filter((one) => keyOf(one) === keyOf({ ...entry, cents }) && one.postedOn > from),
      ({ postedOn }) => postedOn,
    );
    let backCents = 0;
    for (const postedOn of [...later.keys()].toSorted().toReversed()) {
      const standing = later.get(postedOn)!.reduce((sum, one) => sum + one.cents, 0);
      const part =
        cents < 0
          ? -Math.min(backCents - cents, Math.max(standing, 0))
          : Math.min(cents - backCents, Math.max(-standing, 0));
      if (part === 0) continue;
      this.#posted.push({ ...entry, cents: part, postedOn });
      backCents += part;
    }
    return backCents;
  }

  /** The sum of what was posted of a kind and fits. */
  sum(kind: Kind, fits: (entry: PostedEntry) => boolean): number {
    return this.#posted.reduce((sum, one) => (one.kind === kind && fits(one) ? sum + one.cents : sum), 0);
  }

  entries(kind: Kind): readonly PostedEntry[] {
    return this.#posted.filter((one) => one.kind === kind);
  }
}
