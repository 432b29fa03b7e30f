import { describe, expect, it } from 'vitest';
import { Actor } from './bad-luck/actor.ts';
import { GOOD_LUCK, illStarredBy, Misfortune } from './bad-luck/luck.ts';
import type { Step } from './bad-luck/scheduler.ts';
import { taleOf } from './bad-luck/short-story.ts';
import { SeededRandom } from './seeded-random.ts';

describe('The call that a tale has it in for', () => {
  const step = (label: string): Step => ({
    actor: new Actor('worker 1'),
    kind: 'call',
    label,
    perform: async () => null,
  });
  const illStarred = { call: 'POST QuickBooks refundreceipt', end: 'answer lost' } as const;

  it('fails the first time, whatever else goes well, and no second time', () => {
    const misfortune = new Misfortune(new SeededRandom(1), () => ({ ...GOOD_LUCK, illStarred }));
    const ends = ['POST QuickBooks invoice', illStarred.call, illStarred.call].map((label) =>
      misfortune.endOf(step(label)),
    );
    expect(ends).toEqual([null, 'answer lost', null]);
  });

  it('is the one that its scene is about', () => {
    const about = 'POST QuickBooks payment' as const;
    expect(illStarredBy(new SeededRandom(3), about).call).toBe(about);
  });

  it('fails in every way among forty tales, and some of them never hear of QuickBooks', () => {
    const lucks = Array.from({ length: 40 }, (_, place) => taleOf(place + 1).luck);
    const ends = new Set(lucks.map((luck) => luck.illStarred?.end ?? null));
    expect(ends).toEqual(new Set([null, 'answer lost', 'request late', 'asker killed']));
    expect(lucks.filter(({ areBooksSilent }) => areBooksSilent).length).toBeGreaterThan(8);
  });
});
