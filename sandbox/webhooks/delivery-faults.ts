/** Delivery faults, as probabilities per event from 0 to 1. */
export interface DeliveryFaults {
  drop: number;
  duplicate: number;
  /** Every event travels alone, and not in the order of the changes. */
  shuffle: boolean;
}

/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same items in an order drawn from `random`. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/**
 * Divides events into POSTs and applies the faults: dropped, duplicated, out of order. Pure but for `random`.
 */
export function planPosts<Item>(
  notifications: readonly Item[],
  faults: DeliveryFaults,
  random: () => number,
  eventsPerPostMax: number,
): { posts: Item[][]; dropped: Item[] } {
  const dropped: Item[] = [];
  const first: Item[] = [];
  const again: Item[] = [];
  for (const notification of notifications) {
    if (random() < faults.drop) {
      dropped.push(notification);
      continue;
    }
    first.push(notification);
    if (random() < faults.duplicate) again.push(notification);
  }
  const posts = faults.shuffle
    ? shuffled([...first, ...again], random).map((notification) => [notification])
    : [...chunks(first, eventsPerPostMax), ...chunks(again, eventsPerPostMax)];
  return { posts, dropped };
}
