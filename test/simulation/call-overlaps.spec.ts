import { describe, expect, it } from 'vitest';
import { Actor } from './bad-luck/actor.ts';
import { CallOverlaps } from './bad-luck/call-overlaps.ts';

describe('Of calls of which one at a time is promised', () => {
  const withFirst = () => {
    const overlaps = new CallOverlaps();
    const { promise, resolve } = Promise.withResolvers<void>();
    const actor = new Actor('worker 1');
    const first = overlaps.during(actor, 1_000, () => promise);
    return { overlaps, actor, answer: () => (resolve(), first) };
  };
  const second = (overlaps: CallOverlaps) => overlaps.during(new Actor('worker 2'), 2_000, async () => {});

  it('one that begins before another has its answer is counted', async () => {
    const { overlaps } = withFirst();
    await second(overlaps);
    expect(overlaps.count).toBe(1);
  });

  it('one that begins after the answer is not', async () => {
    const { overlaps, answer } = withFirst();
    await answer();
    await second(overlaps);
    expect(overlaps.count).toBe(0);
  });

  it('one beside that of a process that died or froze is not', async () => {
    const dead = withFirst();
    dead.actor.die();
    await second(dead.overlaps);
    const frozen = withFirst();
    frozen.actor.frozenUntil = 60_000;
    await second(frozen.overlaps);
    expect([dead.overlaps.count, frozen.overlaps.count]).toEqual([0, 0]);
  });
});
