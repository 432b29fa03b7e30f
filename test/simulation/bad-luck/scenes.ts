import type { SeededRandom } from '../seeded-random.ts';
import type { Step, StepKind } from '../money-story.ts';
import type { IllStarredCall } from './luck.ts';

/** Acts that follow one upon the other. */
export interface Scene {
  steps: readonly Step[];
  /** The call whose failure is worst in it. */
  about: IllStarredCall;
}

/** Each act with how long is waited after it: 0 to 9 as of a pause, null for not at all. `part`: never all of it. */
interface Plot {
  about: IllStarredCall;
  acts: readonly (readonly [StepKind, wait: number | null, share?: 'part'])[];
}

/** Until what was set going is in the books, also where one answer on the way was lost. */
const UNTIL_BOOKED = 6;
/** Until the books were polled, whether their events come or not. */
const UNTIL_POLLED = 8;

/** What acts by chance hardly ever come to: they need three or four others before them, with time between. */
const PLOTS: readonly Plot[] = [
  {
    // What was paid goes back in two parts after it is in the books, so that receipts are made.
    about: 'POST QuickBooks refundreceipt',
    acts: [
      ['connect', null],
      ['pay', UNTIL_BOOKED],
      ['refund at Stripe', null],
      ['refund here', null],
    ],
  },
  {
    // The bookkeeper changes an invoice, and no other thing happens to it afterwards.
    about: 'POST QuickBooks invoice',
    acts: [
      ['connect', null],
      ['invoice', UNTIL_BOOKED],
      ['receive payment', null],
    ],
  },
  {
    about: 'GET QuickBooks cdc',
    acts: [
      ['connect', null],
      ['invoice', UNTIL_BOOKED],
      ['delete invoice', null],
    ],
  },
  {
    // What was paid is taken back by the bank for good, which the books do not learn by themselves, and its entry goes.
    about: 'POST QuickBooks payment',
    acts: [
      ['connect', null],
      ['pay', UNTIL_BOOKED],
      ['dispute', null],
      ['dispute lost', null],
      ['delete payment', null],
    ],
  },
  {
    // A customer keeps a page open while part of the invoice is paid in another way, pays the rest, and that page too.
    about: 'POST Stripe checkout/sessions/expire',
    acts: [
      ['connect', null],
      ['invoice', UNTIL_BOOKED],
      ['open page', null],
      ['receive payment', UNTIL_POLLED, 'part'],
      ['pay', null],
      ['pay kept page', null],
    ],
  },
  {
    // The access ends while several want it.
    about: 'POST tokens/bearer refresh_token',
    acts: [
      ['connect', null],
      ['pay', UNTIL_BOOKED],
      ['access ends', null],
      ['poll', null],
      ['refund at Stripe', null],
      ['check', null],
    ],
  },
];
const ALL_OF_IT = 0.3;

/** One of the scenes, with shares and choices by chance. Pure. */
export function sceneBy(random: SeededRandom): Scene {
  const { acts, about } = PLOTS[random.between(0, PLOTS.length - 1)]!;
  const steps = acts.flatMap(([kind, wait, part]) => {
    const isAll = random.next() < ALL_OF_IT;
    const share = isAll && part !== 'part' ? 100 : random.between(1, 99);
    const act: Step = { kind, share, which: random.between(0, 9) };
    return wait === null ? [act] : [act, { kind: 'pause', share, which: wait } as const];
  });
  return { steps, about };
}
