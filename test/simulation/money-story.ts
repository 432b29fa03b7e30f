import { SeededRandom } from './seeded-random.ts';

/**
 * How often each thing happens to the money of a proposal, against the others: at Stripe, in QuickBooks, between the
 * two and the CRM, and to the CRM's own processes.
 */
const WEIGHTS = {
  // What a tale of bad luck makes a scene of, and chance alone does not.
  'open page': 0,
  'pay kept page': 0,
  'access ends': 0,
  pay: 3,
  'refund at Stripe': 5,
  'refund here': 3,
  'refund fails': 2,
  dispute: 2,
  'dispute won': 2,
  'dispute lost': 2,
  'repeat events': 2,
  'events wait': 1,
  'events come': 2,
  connect: 4,
  disconnect: 1,
  invoice: 4,
  'invoice again': 2,
  'receive payment': 1,
  'void invoice': 1,
  'delete invoice': 1,
  'void payment': 1,
  'delete payment': 1,
  check: 2,
  poll: 2,
  'QuickBooks fails': 2,
  'Stripe fails': 1,
  kill: 2,
  pause: 3,
} as const;

export type StepKind = keyof typeof WEIGHTS;

export interface Step {
  kind: StepKind;
  /** Of what can be refunded, disputed or received: percent, 100 is all of it. */
  share: number;
  /** Which of the refunds, disputes or payments there are, by position. */
  which: number;
}

/** What happens to one proposal, in this order. What is impossible when its turn comes is left out by the player. */
export interface Story {
  seed: number;
  /** Of the proposal, cents. */
  amountCents: number;
  steps: readonly Step[];
}

const STEPS_MIN = 6;
const STEPS_MAX = 14;

/** The story of a seed. Pure: the same seed tells the same story. */
export function storyOf(seed: number): Story {
  const random = new SeededRandom(seed);
  const amountCents = random.between(10_000, 3_000_000);
  const count = random.between(STEPS_MIN, STEPS_MAX);
  const steps = Array.from({ length: count }, (): Step => {
    const kind = random.pick(WEIGHTS);
    return { kind, share: random.next() < 0.4 ? 100 : random.between(1, 99), which: random.between(0, 9) };
  });
  // A story without a payment says nothing: one is made early.
  steps.splice(random.between(0, 2), 0, { kind: 'pay', share: 100, which: 0 });
  return { seed, amountCents, steps };
}

/** A story as one line of a failure message. */
export function storyText({ seed, amountCents, steps }: Story): string {
  const acts = steps.map(({ kind, share, which }) => `${kind} ${share}% #${which}`);
  return `seed ${seed}, ${amountCents} cents: ${acts.join(', ')}`;
}
