import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './bad-luck/planted-bugs.ts';
import { type Ending, playTale } from './bad-luck/played-tale.ts';
import { type Tale, taleOf, taleText } from './bad-luck/short-story.ts';
import { shrink } from './bad-luck/shrink.ts';
import { SimulatedWorld } from './bad-luck/simulated-world.ts';

/** How many tales; `npm run simulate` plays more. */
const TALES = Number(process.env.SIMULATE_SEEDS ?? 5);
const FIRST_SEED = Number(process.env.SIMULATE_FROM ?? 1);
/** Says how each tale ended. */
const LONG = process.env.SIMULATE_SEEDS !== undefined;
/** Prints every decision. */
const ALOUD = process.env.SIMULATE_ALOUD === 'true';
/** Plants every bug there is, one after the other. */
const IS_PLANTING = process.env.SIMULATE_PLANTED === 'all';
/** Plants only those whose name has this, or one of these with `|` between, in it. */
const BUGS = (process.env.SIMULATE_BUG ?? '').split('|');
/** Plants only these of them: `2/3` is the second of each three. */
const [SHARD, SHARDS] = (process.env.SIMULATE_SHARD ?? '1/1').split('/').map(Number) as [number, number];
/** A planted bug has to be found by one of so many seeds. */
const SEEDS_PER_BUG = 40;
/** A tale takes seconds on a quiet machine, and half a minute on one that is not. */
const TEST_MS = 900_000;

// oxlint-disable-next-line no-console -- what a long run says on its way
const print = (text: string): void => console.log(text);

/** The decisions around the first one in which two tales part; empty where they do not. */
function partingOf(one: readonly string[], other: readonly string[]): string {
  const length = Math.max(one.length, other.length);
  const place = Array.from({ length }, (_, index) => index).find((index) => one[index] !== other[index]);
  if (place === undefined) return '';
  const around = (trace: readonly string[]) => trace.slice(Math.max(place - 12, 0), place + 4);
  return [
    `decision ${place} of ${one.length} and ${other.length}`,
    ...around(one),
    '---',
    ...around(other),
  ].join('\n');
}

describe(
  'Whatever luck the business, its bookkeeper, the network and the processes have,',
  { timeout: TEST_MS },
  () => {
    let world: SimulatedWorld;

    beforeAll(async () => {
      world = await SimulatedWorld.open();
      // The first tale of a process once parted from the later ones of its seed, which agreed: it is not judged.
      await playTale(world, taleOf(FIRST_SEED));
    }, TEST_MS);

    afterAll(() => world[Symbol.asyncDispose]());

    /** Whether a tale breaks this invariant. */
    const isOf =
      (invariant: string) =>
      async (tale: Tale): Promise<boolean> =>
        (await playTale(world, tale)).violations.some((one) => one.startsWith(invariant));

    /** Says what is broken by the shortest tale that breaks it. */
    async function report(tale: Tale, { violations, trace }: Ending): Promise<string> {
      const [invariant] = violations[0]!.split(':');
      const shortest = await shrink(tale, isOf(invariant!));
      const facts = [
        `npm run simulate -- --seed ${tale.chance}`,
        ...violations,
        'Shortest:',
        taleText(shortest),
      ];
      return [...facts, ...(ALOUD ? trace : [])].join('\n');
    }

    const endings = new Map<number, Ending>();
    const seeds = Array.from({ length: TALES }, (_, index) => FIRST_SEED + index);
    it.runIf(TALES > 0)(`every invariant holds: seeds ${seeds[0]} to ${seeds.at(-1)}`, async () => {
      const broken: string[] = [];
      for (const seed of seeds) {
        const ending = await playTale(world, taleOf(seed));
        if (ending.violations.length > 0) broken.push(await report(taleOf(seed), ending));
        if (LONG) print(`seed ${seed}: ${ending.hash} ${ending.violations.join('; ')}`);
        if (ALOUD) print([...ending.trace, taleText(taleOf(seed))].join('\n'));
        if (endings.size < 2) endings.set(seed, ending);
      }
      expect(broken).toEqual([]);
    });

    it.runIf(TALES > 1)('the same seed makes the same decisions, and another seed makes others', async () => {
      const again = await playTale(world, taleOf(FIRST_SEED));
      const parting = partingOf(endings.get(FIRST_SEED)!.trace, again.trace);
      expect(parting).toBe('');
      expect(again.hash).toBe(endings.get(FIRST_SEED)!.hash);
      expect(again.hash).not.toBe(endings.get(FIRST_SEED + 1)!.hash);
    });

    const wanted = PLANTED_BUGS.filter(({ name }) => BUGS.some((part) => name.includes(part)));
    const bugs = wanted.filter((_bug, place) => IS_PLANTING && place % SHARDS === SHARD - 1);
    it.each(bugs.map((bug) => ({ bug, name: bug.name })))('a bug is found: $name', async ({ bug }) => {
      const found = await finding(bug);
      const [invariant = ''] = found?.violations[0]?.split(':') ?? [];
      print(`| ${bug.name} | ${found?.seed ?? 'none'} | ${invariant} |`);
      if (ALOUD) print((found?.violations ?? []).join('\n'));
      expect(found).not.toBeNull();
    });

    async function finding(bug: (typeof PLANTED_BUGS)[number]) {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS_PER_BUG; seed += 1) {
        const { violations, trace } = await playTale(world, taleOf(seed), bug);
        if (ALOUD) print([`seed ${seed}`, ...trace, taleText(taleOf(seed))].join('\n'));
        if (violations.length > 0) return { seed, violations };
      }
      return null;
    }
  },
);
