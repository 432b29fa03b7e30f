export const FAULT_KINDS = [
  'timeout',
  'reset',
  '429',
  '429_xml',
  '500',
  '503_html',
  'truncated',
  'slow',
  '401',
  '401_xml',
  '403',
  '200_fault',
  'malformed',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault to come. */
export interface PlannedFault {
  /** `invoice.create`, `invoice.*`, `cdc`, `batch`, or `*` for any (the default). */
  operation?: string;
  realm_id?: string;
  kind: FaultKind;
  /** Before the books are touched (the default), or after the change is committed and its answer is lost. */
  when?: 'before' | 'after';
  /** How often it strikes; once by default, without end where a `rate` is given. */
  times?: number;
  /**
   * How long `slow` waits, and how long `timeout` holds before it cuts the line; without it a timeout holds
   * for good.
   */
  delay_ms?: number;
  /** Share of the matching requests it strikes, 0 to 1. */
  rate?: number;
  /** Makes the seededRandom of `rate` fall the same way each time. */
  seed?: number;
}

interface Live {
  id: string;
  fault: PlannedFault;
  left: number;
  seededRandom: () => number;
}

/** Seeded random numbers in [0, 1): mulberry32. */
function diceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function matches(pattern: string, operation: string): boolean {
  if (pattern === '*' || pattern === operation) return true;
  return pattern.endsWith('.*') && operation.startsWith(pattern.slice(0, -1));
}

/**
 * The faults planned through `/sandbox/faults`. The oldest plan that matches a request strikes it, and only
 * that one.
 */
export class FaultPlan {
  #plans: Live[] = [];
  #lastId = 0;

  add(fault: PlannedFault): string {
    const id = String((this.#lastId += 1));
    const left = fault.times ?? (fault.rate === undefined ? 1 : Infinity);
    this.#plans.push({ id, fault, left, seededRandom: diceFrom(fault.seed ?? 1) });
    return id;
  }

  /** The fault that strikes this request, now used up by one. */
  take(operation: string, realm: string): PlannedFault | undefined {
    const struck = this.#plans.find(
      ({ fault, seededRandom }) =>
        matches(fault.operation ?? '*', operation) &&
        (fault.realm_id === undefined || fault.realm_id === realm) &&
        (fault.rate === undefined || seededRandom() < fault.rate),
    );
    if (!struck) return undefined;
    struck.left -= 1;
    if (struck.left <= 0) this.#plans = this.#plans.filter((plan) => plan !== struck);
    return struck.fault;
  }

  /** What is still to come; `times` is what is left, null for without end. */
  list(): (Omit<PlannedFault, 'times'> & { id: string; times: number | null })[] {
    return this.#plans.map(({ id, fault, left }) => ({
      id,
      ...fault,
      times: Number.isFinite(left) ? left : null,
    }));
  }

  clear(): void {
    this.#plans = [];
  }
}
