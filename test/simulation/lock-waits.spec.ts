import { describe, expect, it } from 'vitest';
import { LockWaits } from './bad-luck/lock-waits.ts';

const [ONE, TWO, THREE] = [1, 2, 3];

describe('Who waits for a lock in a simulated world', () => {
  it('goes on once a transaction that it waits for is over, and no sooner', () => {
    const waits = new LockWaits();
    waits.end(TWO);
    expect(waits.begin(ONE, [TWO, THREE])).toBe(true);
    expect(waits.mayGoOn(ONE)).toBe(false);
    waits.end(TWO);
    expect(waits.mayGoOn(ONE)).toBe(true);
    waits.stop(ONE);
    expect(waits.mayGoOn(ONE)).toBe(true);
  });

  it('is refused where its wait would close a circle, over others too', () => {
    const waits = new LockWaits();
    expect(waits.begin(ONE, [TWO])).toBe(true);
    expect(waits.begin(TWO, [THREE])).toBe(true);
    expect(waits.begin(THREE, [ONE])).toBe(false);
    waits.stop(ONE);
    expect(waits.begin(THREE, [ONE])).toBe(true);
  });
});
