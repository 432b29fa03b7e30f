import { SeededRandom } from '../simulation/seeded-random.ts';

/** What people, bookkeepers and banks do, and how often against each other. */
const DEEDS = {
  sell: 9,
  'sell again': 3,
  'sell abroad': 2,
  'set terms': 1,
  'plan progress': 1.5,
  invoice: 4,
  'pay by card': 10,
  'pay by bank': 2,
  'bank answers': 2,
  'refund here': 3,
  'refund at Stripe': 3,
  'refund fails': 1,
  dispute: 1,
  'dispute ends': 1,
  'change order': 2,
  'credit order': 1.5,
  'withdraw a change': 1,
  bill: 3,
  complete: 2,
  'close a month': 0.7,
  'reopen a month': 0.5,
  buy: 1.5,
  'bear a bill': 1.5,
  'try again': 1.5,
  'enter by hand': 1.5,
  hire: 2,
  'let somebody go': 0.3,
  invite: 0.5,
  'sign in': 3,
  refresh: 2,
  'steal a token': 0.7,
  'sign out': 0.7,
  'sign out everywhere': 0.4,
  'second factor': 1,
  remind: 2,
  'send the proposal': 1.5,
  cheque: 5,
  'edit invoice': 1,
  'date back': 0.7,
  'void invoice': 1,
  'delete invoice': 1,
  'invoice again': 2,
  'void payment': 1,
  'delete payment': 1,
  'move payment': 1,
  'rename customer': 1,
  'merge customers': 0.5,
  'change the rate': 0.7,
  check: 2,
  'look around': 4,
  compare: 0.7,
  disconnect: 0.4,
} as const;

/** What goes wrong. */
const FAULTS = {
  'kill a worker': 5,
  'kill the API': 2,
  'stop a worker': 2,
  'stop the API': 1,
  'freeze a worker': 3,
  'freeze the API': 1,
  'crash PostgreSQL': 1.5,
  'cut the connections': 3,
  'Stripe is deaf': 2,
  'Intuit is deaf': 2,
  'Stripe repeats itself': 2,
  'Intuit repeats itself': 2,
  'QuickBooks fails': 8,
  'Stripe fails': 3,
  'tokens expire': 2,
  'token answers are lost': 1,
  'access is taken away': 0.6,
  'the books are closed': 0.7,
  'mail fails': 2.5,
} as const;

export type DeedKind = keyof typeof DEEDS;
export type FaultKind = keyof typeof FAULTS;

/** Something to do at a time; `which` and `share` (1 to 100) choose among what there is when its turn comes. */
export interface Deed {
  atMs: number;
  do: DeedKind;
  org: number;
  which: number;
  share: number;
}

/** Something that goes wrong at a time, for so long. */
export interface Fault {
  atMs: number;
  fault: FaultKind;
  org: number;
  which: number;
  forMs: number;
}

export interface Plan {
  seed: number;
  seconds: number;
  deeds: readonly Deed[];
  faults: readonly Fault[];
}

export const ORGS = 3;
const DEED_EVERY_MS = 200;
const FAULT_EVERY_MS = 1_900;
/** Each of them has something to sell before anything goes wrong. */
const CALM_MS = 2_500;
/** A lease ends after ten seconds without a sign of life: a frozen worker comes back after it. */
const FREEZE_MIN_MS = 11_000;
const FREEZE_MAX_MS = 14_000;
const AWAY_MAX_MS = 2_500;
const LONG: ReadonlySet<FaultKind> = new Set<FaultKind>(['freeze a worker']);

/** What happens in a run. Pure: the same seed and length plan the same deeds and faults. */
export function planOf(seed: number, seconds: number): Plan {
  const random = new SeededRandom(seed);
  const endMs = seconds * 1000;
  const deeds: Deed[] = [];
  for (let atMs = 0; atMs < endMs; atMs += random.between(1, 2 * DEED_EVERY_MS)) {
    const early = deeds.length < ORGS * 2;
    deeds.push({
      atMs,
      do: early ? 'sell' : random.pick(DEEDS),
      org: early ? deeds.length % ORGS : random.between(0, ORGS - 1),
      which: random.between(0, 999),
      share: random.next() < 0.4 ? 100 : random.between(1, 99),
    });
  }
  const faults: Fault[] = [];
  for (let atMs = CALM_MS; atMs < endMs; atMs += random.between(1, 2 * FAULT_EVERY_MS)) {
    const fault = random.pick(FAULTS);
    const forMs = LONG.has(fault)
      ? random.between(FREEZE_MIN_MS, FREEZE_MAX_MS)
      : random.between(0, AWAY_MAX_MS);
    // What cannot be over in time is left out: its end would belong to no run.
    if (atMs + forMs > endMs) continue;
    faults.push({ atMs, fault, org: random.between(0, ORGS - 1), which: random.between(0, 999), forMs });
  }
  return { seed, seconds, deeds, faults };
}

/** The same plan, so many times as slowly; what goes wrong lasts as long as it would. Pure. */
export function stretched(plan: Plan, times: number): Plan {
  const later = <T extends { atMs: number }>(act: T): T => ({ ...act, atMs: act.atMs * times });
  return { ...plan, deeds: plan.deeds.map(later), faults: plan.faults.map(later) };
}
