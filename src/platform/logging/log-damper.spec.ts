import { describe, expect, it } from 'vitest';
import { LogDamper } from './log-damper.js';

describe('A log of something that fails over and over', () => {
  it('has one line of a kind every ten seconds, which says how many it stands for', () => {
    let now = 0;
    const damper = new LogDamper(() => now);
    const admitted: (number | null)[] = [];
    for (now = 0; now < 25_000; now += 1_000) admitted.push(damper.admit('refused'));
    expect(admitted.filter((one) => one !== null)).toEqual([0, 9, 9]);
  });

  it('has each kind for itself', () => {
    const damper = new LogDamper(() => 0);
    expect([damper.admit('refused'), damper.admit('terminated'), damper.admit('refused')]).toEqual([
      0,
      0,
      null,
    ]);
  });
});
