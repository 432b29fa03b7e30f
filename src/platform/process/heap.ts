import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Has garbage collected before it piles up: a worker that parses pages of invoices stays small, and takes about a third
 * more processor time in the collector. An API would pay the same for each list and has no such peaks.
 */
export function collectEarly(): void {
  setFlagsFromString('--heap-growing-percent=40');
}

/**
 * Has collected at once what loading the product left behind. How far the heap may grow before the next time follows
 * from what there is then: what nobody needs any more would count along.
 */
export function collectNow(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
