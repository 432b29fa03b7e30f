/** What goes wrong on the way, as probabilities per event from 0 to 1. */
export interface Mishaps {
  drop: number;
  duplicate: number;
  /** Every event travels alone, and not in the order of the changes. */
  shuffle: boolean;
}

/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same items in an order drawn from `roll`. */
export function shuffled<Item>(items: readonly Item[], roll: () => number): Item[] {
  return items
    .map((item) => ({ item, rank: roll() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Divides events into POSTs and plays the mishaps: which never arrive, which arrive twice, in what order. Pure but for `roll`. */
export function planPosts<Item>(
  notices: readonly Item[],
  mishaps: Mishaps,
  roll: () => number,
  eventsPerPostMax: number,
): { posts: Item[][]; dropped: Item[] } {
  const dropped: Item[] = [];
  const first: Item[] = [];
  const again: Item[] = [];
  for (const notice of notices) {
    if (roll() < mishaps.drop) {
      dropped.push(notice);
      continue;
    }
    first.push(notice);
    if (roll() < mishaps.duplicate) again.push(notice);
  }
  const posts = mishaps.shuffle
    ? shuffled([...first, ...again], roll).map((notice) => [notice])
    : [...chunks(first, eventsPerPostMax), ...chunks(again, eventsPerPostMax)];
  return { posts, dropped };
}
