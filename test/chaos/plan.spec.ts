import { describe, expect, it } from 'vitest';
import { ORGS, planOf } from './plan.ts';

describe('The plan of a run', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(7, 60)).toEqual(planOf(7, 60));
    expect(planOf(8, 60)).not.toEqual(planOf(7, 60));
  });

  it('begins with something to sell for each organisation, and lets nothing go wrong before', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { deeds, faults } = planOf(seed, 60);
      const first = deeds.slice(0, ORGS);
      expect(first.map((deed) => [deed.do, deed.org])).toEqual(first.map((_, org) => ['sell', org]));
      expect(Math.min(...faults.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(2_500);
    }
  });

  it('has every fault over by its end, and in fifty runs each of them', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 50; seed += 1) {
      for (const { atMs, forMs, fault } of planOf(seed, 60).faults) {
        expect(atMs + forMs).toBeLessThanOrEqual(60_000);
        seen.add(fault);
      }
    }
    expect(seen.size).toBe(19);
  });
});
