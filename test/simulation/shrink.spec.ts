import { describe, expect, it } from 'vitest';
import { shrink } from './bad-luck/shrink.ts';
import { type Tale, taleOf, taleText } from './bad-luck/short-story.ts';

const kindsOf = ({ story, scene }: Tale): string[] => [...story.steps, ...scene].map(({ kind }) => kind);

describe('A tale that breaks an invariant', () => {
  const breaks = (one: Tale): boolean => {
    const kinds = kindsOf(one);
    return kinds.includes('pay') && kinds.includes('refund at Stripe') && one.luck.killsMax > 0;
  };
  const tale = Array.from({ length: 100 }, (_, seed) => taleOf(seed)).find(breaks)!;

  it('is the same for the same seed', () => {
    expect(taleText(taleOf(tale.chance))).toBe(taleText(tale));
    expect(taleText(taleOf(tale.chance + 1))).not.toBe(taleText(tale));
  });

  it('is told with no more than what breaks it', async () => {
    const shortest = await shrink(tale, async (one) => breaks(one));

    expect(kindsOf(shortest).toSorted()).toEqual(['pay', 'refund at Stripe']);
    expect(shortest.luck).toMatchObject({
      faultsMax: 0,
      messageFaultRate: 0,
      freezesMax: 0,
      isOrderly: true,
      illStarred: null,
      areBooksSilent: false,
    });
  });

  it('keeps of its scene what it cannot break without', async () => {
    const isOnPage = (one: Tale): boolean => kindsOf(one).includes('pay kept page');
    const withPage = Array.from({ length: 100 }, (_, seed) => taleOf(seed)).find(isOnPage)!;
    const shortest = await shrink(withPage, async (one) => isOnPage(one));

    expect(shortest.scene.map(({ kind }) => kind)).toEqual(['pay kept page']);
    expect(shortest.story.steps).toEqual([]);
  });

  it('stays as it is where nothing of it can be left out, and is not tried for ever', async () => {
    let plays = 0;
    const shortest = await shrink(
      tale,
      async () => {
        plays += 1;
        return false;
      },
      7,
    );

    expect(shortest).toEqual(tale);
    expect(plays).toBe(7);
  });
});
