import { SeededRandom } from '../seeded-random.ts';
import { type Step, type Story, storyOf } from '../money-story.ts';
import { illStarredBy, type Luck } from './luck.ts';
import { sceneBy } from './scenes.ts';

/** A story with the luck it has and the chance by which it is played: the same three are the same run. */
export interface Tale {
  story: Story;
  /** Acts that follow one upon the other, beside those of the story; often none. */
  scene: readonly Step[];
  luck: Luck;
  /** Decides the order of everything that is under way at the same time, and every key and token. */
  chance: number;
}

const ACTS_MAX = 8;
/** Without QuickBooks little can go wrong in the books, so most businesses connect it first. */
const CONNECTED_FIRST = 0.7;
const CONNECT: Step = { kind: 'connect', share: 100, which: 0 };
/** How many tales have a scene, and how many have it in for one call: what happens to the others is chance. */
const WITH_SCENE = 0.7;
const ILL_STARRED = 0.5;
const SILENT_BOOKS = 0.4;
/** Beside a scene. */
const ACTS_BESIDE_MAX = 2;
/** What the luck of a tale does, at any step, and no act has to. */
const BY_LUCK = ['kill', 'QuickBooks fails', 'Stripe fails'];

/** The tale of a seed, short enough to be played many times over. Pure. */
export function taleOf(seed: number): Tale {
  const story = storyOf(seed);
  const random = new SeededRandom(seed ^ 0x5eed);
  const acts = story.steps.filter(({ kind }) => !BY_LUCK.includes(kind));
  const steps = (random.next() < CONNECTED_FIRST ? [CONNECT, ...acts] : acts).slice(0, ACTS_MAX);
  const more = new SeededRandom(seed ^ 0x5ce9e);
  const scene = more.next() < WITH_SCENE ? sceneBy(more) : null;
  // Who pays beside a scene would take the payment out of it.
  const beside = acts.filter(({ kind }) => kind !== 'pay').slice(0, more.between(0, ACTS_BESIDE_MAX));
  return {
    story: { ...story, steps: scene ? beside : steps },
    scene: scene?.steps ?? [],
    luck: {
      illStarred: more.next() < ILL_STARRED ? illStarredBy(more, scene?.about ?? null) : null,
      areBooksSilent: more.next() < SILENT_BOOKS,
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
export function taleText({ story, scene, luck, chance }: Tale): string {
  const acts = [...story.steps, ...scene].map(
    ({ kind, share, which }, place) =>
      `${place === story.steps.length ? 'beside them in turn ' : ''}${kind} ${share}% #${which}`,
  );
  const { faultsMax, killsMax, freezesMax, isOrderly, illStarred, areBooksSilent } = luck;
  const order = isOrderly ? 'in order' : 'in any order';
  const end = illStarred ? `, ${illStarred.call} [${illStarred.end}]` : '';
  const unheard = areBooksSilent ? ', QuickBooks silent' : '';
  return (
    `chance ${chance}, ${story.amountCents} cents, ${order}, at most ${faultsMax} faults, ${killsMax} kills, ` +
    `${freezesMax} freezes${end}${unheard}: ${acts.join(', ')}`
  );
}
