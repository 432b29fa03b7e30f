import type { SeededRandom } from '../seeded-random.ts';
import type { Fault, Step } from './scheduler.ts';

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
}

export const GOOD_LUCK: Luck = {
  faultRate: 0,
  faultsMax: 0,
  messageFaultRate: 0,
  killsMax: 0,
  freezesMax: 0,
  isOrderly: false,
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
/** What changes something at a vendor: an answer that is lost there is what exactly-once is about. */
const WRITES = /^POST /;

/** Decides which steps fail, and how: so many calls of a tale at most, and so many statements. */
export class Misfortune {
  readonly #faults = { call: 0, statement: 0 };

  constructor(
    private readonly random: SeededRandom,
    private readonly luck: () => Luck,
  ) {}

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
