import { median } from './figures.ts';

/** One look at something: when, in seconds since the first, and what it came to. */
export interface Look {
  readonly at: number;
  readonly value: number;
}

/** What may be added in a whole run before it counts as growth: a share of the usual, or so much, whichever is more. */
export interface Allowance {
  readonly share: number;
  readonly least: number;
}

export interface Trend {
  /** What it usually is: the median. */
  readonly usual: number;
  /** What the trend adds from the first to the last look; below zero where it falls. */
  readonly growth: number;
  /** What it may add. */
  readonly allowed: number;
  readonly isFlat: boolean;
}

/** What is left of the looks once everything is warm: those of the last `share` of the time. Pure. */
export function afterWarmUp(looks: readonly Look[], share: number): Look[] {
  const last = looks.at(-1)?.at ?? 0;
  return looks.filter(({ at }) => at >= last * (1 - share));
}

/** The lowest of each so many looks in a row: of memory, what is left after garbage was collected. Pure. */
export function floors(looks: readonly Look[], count: number): Look[] {
  return Array.from({ length: Math.ceil(looks.length / count) }, (_, index) =>
    looks
      .slice(index * count, (index + 1) * count)
      .reduce((lowest, look) => (look.value < lowest.value ? look : lowest)),
  );
}

/**
 * Whether something grows: the median of the slopes between every two looks, so that a single peak says nothing, over
 * the whole time. Throws where there are fewer than two looks. Pure.
 */
export function trendOf(looks: readonly Look[], { share, least }: Allowance): Trend {
  const slopes = looks.flatMap((one, index) =>
    looks
      .slice(index + 1)
      .filter(({ at }) => at > one.at)
      .map((other) => (other.value - one.value) / (other.at - one.at)),
  );
  if (slopes.length === 0) throw new Error('A trend needs two looks at different times');
  const usual = median(looks.map(({ value }) => value));
  const growth = median(slopes) * (looks.at(-1)!.at - looks[0]!.at);
  const allowed = Math.max(usual * share, least);
  return { usual, growth, allowed, isFlat: growth <= allowed };
}
