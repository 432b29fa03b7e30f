import type { SeededRandom } from '../seeded-random.ts';
import type { Fault, Step } from './scheduler.ts';

/**
 * What is called seldom in a tale and matters, as the scheduler labels it: what puts something into the books or gives
 * money back, what ends a page, what renews the access, and what asks for changes.
 */
const ILL_STARRED_CALLS = [
  'POST QuickBooks invoice',
  'POST QuickBooks payment',
  'POST QuickBooks refundreceipt',
  'POST Stripe refunds',
  'POST Stripe checkout/sessions/expire',
  'POST tokens/bearer refresh_token',
  'GET QuickBooks cdc',
] as const;
export type IllStarredCall = (typeof ILL_STARRED_CALLS)[number];

/** One call that goes wrong for certain: the first of its label, however rare it is. */
export interface IllStarred {
  call: IllStarredCall;
  /** What becomes of it; `asker killed`: the vendor does it, and who asked is dead before it can write that down. */
  end: Fault | 'asker killed';
}

/** How bad the luck of a story is. */
export interface Luck {
  /** How often a step of IO fails, 0 to 1. */
  faultRate: number;
  /** Of calls, and again of statements. */
  faultsMax: number;
  /** How often a message of a vendor is lost or comes twice, 0 to 1. */
  messageFaultRate: number;
  killsMax: number;
  freezesMax: number;
  /** Steps in the order in which they were asked for; else any order. */
  isOrderly: boolean;
  /** Null where chance alone decides. */
  illStarred: IllStarred | null;
  /** No message of QuickBooks ever comes, as where its subscription was lost. Nobody notices, so it lasts. */
  areBooksSilent: boolean;
}

export const GOOD_LUCK: Luck = {
  faultRate: 0,
  faultsMax: 0,
  messageFaultRate: 0,
  killsMax: 0,
  freezesMax: 0,
  isOrderly: false,
  illStarred: null,
  areBooksSilent: false,
};

const CALL_FAULTS: readonly Fault[] = [
  'request lost',
  'request late',
  'answer lost',
  'answer lost',
  'answer late',
  'not reached',
  'unavailable',
  'throttled',
];
const ENDS: readonly IllStarred['end'][] = ['answer lost', 'request late', 'asker killed'];

/** What goes wrong for certain in a tale: the call that its scene is about, or any. Pure. */
export function illStarredBy(random: SeededRandom, about: IllStarredCall | null): IllStarred {
  const any = ILL_STARRED_CALLS[random.between(0, ILL_STARRED_CALLS.length - 1)]!;
  return { call: about ?? any, end: ENDS[random.between(0, ENDS.length - 1)]! };
}

/** What changes something at a vendor: an answer that is lost there is what exactly-once is about. */
const WRITES = /^POST /;

/** Decides which steps fail, and how: so many calls of a tale at most, and so many statements. */
export class Misfortune {
  readonly #faults = { call: 0, statement: 0 };
  #hasStruck = false;

  constructor(
    private readonly random: SeededRandom,
    private readonly luck: () => Luck,
  ) {}

  /** How the call ends that this tale has it in for, once; null of every other step. */
  endOf({ kind, label }: Step): IllStarred['end'] | null {
    const { illStarred } = this.luck();
    if (this.#hasStruck || kind !== 'call' || label !== illStarred?.call) return null;
    this.#hasStruck = true;
    return illStarred.end;
  }

  /** A statement fails less often than a call, and a read than a write: there are many times as many. */
  faultOf({ kind, label }: Step): Fault | null {
    const { faultRate, faultsMax } = this.luck();
    const rate = kind === 'statement' ? faultRate / 60 : WRITES.test(label) ? faultRate * 2 : faultRate / 5;
    if (this.#faults[kind] >= faultsMax || this.random.next() >= rate) return null;
    this.#faults[kind] += 1;
    if (kind === 'statement') return label === 'commit' ? 'commit unheard' : 'store refuses';
    return CALL_FAULTS[this.random.between(0, CALL_FAULTS.length - 1)]!;
  }
}
