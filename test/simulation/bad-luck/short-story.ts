import { SeededRandom } from '../seeded-random.ts';
import { type Step, type Story, storyOf } from '../money-story.ts';
import type { Luck } from './luck.ts';

/** A story with the luck it has and the chance by which it is played: the same three are the same run. */
export interface Tale {
  story: Story;
  luck: Luck;
  /** Decides the order of everything that is under way at the same time, and every key and token. */
  chance: number;
}

const ACTS_MAX = 8;
/** Without QuickBooks little can go wrong in the books, so most businesses connect it first. */
const CONNECTED_FIRST = 0.7;
const CONNECT: Step = { kind: 'connect', share: 100, which: 0 };
/** What the luck of a tale does, at any step, and no act has to. */
const BY_LUCK = ['kill', 'QuickBooks fails', 'Stripe fails'];

/** The tale of a seed, short enough to be played many times over. Pure. */
export function taleOf(seed: number): Tale {
  const story = storyOf(seed);
  const random = new SeededRandom(seed ^ 0x5eed);
  const acts = story.steps.filter(({ kind }) => !BY_LUCK.includes(kind));
  const steps = (random.next() < CONNECTED_FIRST ? [CONNECT, ...acts] : acts).slice(0, ACTS_MAX);
  return {
    story: { ...story, steps },
    luck: {
      faultRate: random.between(0, 4) / 10,
      faultsMax: random.between(1, 6),
      messageFaultRate: random.between(0, 2) / 10,
      killsMax: random.between(0, 2),
      freezesMax: random.between(0, 1),
      isOrderly: random.between(0, 3) === 0,
    },
    chance: seed,
  };
}

/** A tale as one line. */
export function taleText({ story, luck, chance }: Tale): string {
  const acts = story.steps.map(({ kind, share, which }) => `${kind} ${share}% #${which}`).join(', ');
  const { faultsMax, killsMax, freezesMax, isOrderly } = luck;
  const order = isOrderly ? 'in order' : 'in any order';
  return (
    `chance ${chance}, ${story.amountCents} cents, ${order}, at most ${faultsMax} faults, ${killsMax} kills, ` +
    `${freezesMax} freezes: ${acts}`
  );
}
