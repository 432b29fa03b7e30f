import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';
import { LAWS } from '../../year/laws.js';
import { seeingLaws } from '../../year/planted-errors.js';
import { type PlayedYear, playYear } from '../../year/play.js';
import { unnoticedFacts } from '../../year/unnoticed-facts.js';

const FIRST = Number(process.env.YEAR_FROM ?? 1);
const SEEDS = Number(process.env.YEAR_SEEDS ?? 3);
const RESTORED = Number(process.env.YEAR_RESTORED ?? 0);
const DEEDS = Number(process.env.YEAR_DEEDS ?? 10);
const MOMENTS = Number(process.env.YEAR_MOMENTS ?? 2);

describe('A random year of a contractor', () => {
  let books: BooksWithStripe;
  const played: PlayedYear[] = [];

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const seeds = (count: number) => Array.from({ length: count }, (_, index) => FIRST + index);

  it.each(seeds(SEEDS))(
    'comes to what the ledger of QuickBooks and a second computation say (seed %i)',
    async (seed) => {
      const year = await playYear(books, { seed, deeds: DEEDS, moments: MOMENTS });
      played.push(year);
      if (played.length > 3) played.shift(); // of a long run those whose people are signed in still
      expect(year.differences).toEqual([]);
    },
  );

  it('derives a contract anew whichever of the facts it reads has changed', async () => {
    const { unnoticed, noticed } = await unnoticedFacts(played[0]!.year);
    expect(unnoticed).toEqual([]);
    expect(noticed).toBeGreaterThan(20);
  });

  it('would show a cent too much in any of its figures', async () => {
    const seeing = new Set<string>();
    for (const { year, last } of played) for (const law of await seeingLaws(year, last)) seeing.add(law);
    expect([...seeing].toSorted()).toEqual(Object.keys(LAWS).toSorted());
  });

  it.each(seeds(RESTORED))('comes to it after an old backup is restored, too (seed %i)', async (seed) => {
    await using restored = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    const year = await playYear(restored, { seed, deeds: DEEDS, moments: MOMENTS, isRestored: true });
    expect(year.differences).toEqual([]);
  });
});
