import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unexplainedDifferences } from '../../simulation/money-oracle.ts';
import { MoneyPlayer } from '../../simulation/money-player.ts';
import { sidesOf } from '../../simulation/money-sides.ts';
import { storyOf, storyText } from '../../simulation/money-story.ts';
import { MoneyWorld } from '../../simulation/money-world.ts';
import { pollCompany } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';

/** How many stories; `npm run simulate:money` plays a thousand. */
const STORIES = Number(process.env.SIMULATE_SEEDS ?? 12);
const FIRST_SEED = Number(process.env.SIMULATE_FIRST_SEED ?? 1);
/** At once in one installation, which share its queues, the process that runs jobs, and the Stripe account. */
const AT_ONCE = 12;

describe('Whatever happens to money, in whatever order,', () => {
  let world: MoneyWorld;

  beforeAll(async () => {
    world = await MoneyWorld.open();
  });

  beforeEach(() => world.begin(FIRST_SEED));

  afterAll(() => world[Symbol.asyncDispose]());

  async function differencesOf(player: MoneyPlayer) {
    await pollCompany(world.books, player.contractor);
    await player.check();
    expect(await world.passTime(player.contractor.orgId)).toEqual([]);
    return unexplainedDifferences(await sidesOf(player));
  }

  async function expectAgreed(player: MoneyPlayer): Promise<void> {
    try {
      await eventually(async () => expect(await differencesOf(player)).toEqual([]));
    } catch (error) {
      const sides = JSON.stringify(await sidesOf(player));
      throw new Error(`${storyText(player.story)}\n${sides}\n${(error as Error).message}`, { cause: error });
    }
  }

  async function played(seeds: readonly number[]): Promise<MoneyPlayer[]> {
    const { control } = world.books;
    const players = await Promise.all(seeds.map((seed) => MoneyPlayer.open(world, storyOf(seed))));
    await Promise.all(players.map((player) => player.play()));
    await control.clearFaults();
    await control.stripe.clearFaults();
    // The circuit to a company that failed stays open for a while.
    await Promise.all(players.map((player) => eventually(() => player.connect())));
    await world.hearAll();
    return players;
  }

  const seeds = Array.from({ length: STORIES }, (_, index) => FIRST_SEED + index);
  const groups = Array.from({ length: Math.ceil(STORIES / AT_ONCE) }, (_, index) =>
    seeds.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  it.each(groups.map((group) => ({ group, from: group[0], to: group.at(-1) })))(
    'Stripe, the CRM and the books agree, or the inbox says where not: seeds $from to $to',
    async ({ group }) => {
      const players = await played(group);
      const outcomes = await Promise.allSettled(players.map((player) => expectAgreed(player)));
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(failures.map(({ reason }) => (reason as Error).message)).toEqual([]);
    },
  );

  it('and the process that runs jobs was killed on the way', () => {
    const isKilling = seeds.some((seed) => storyOf(seed).steps.some(({ kind }) => kind === 'kill'));
    expect(isKilling).toBe(true);
    expect(world.kills).toBeGreaterThan(0);
  });

  it('and a refund that one side lacks is found (so that the above is not vacuous)', async () => {
    const kinds = ['connect', 'invoice', 'pay', 'refund at Stripe'] as const;
    const steps = kinds.map((kind) => ({ kind, share: 50, which: 0 }));
    const player = await MoneyPlayer.open(world, { seed: 0, amountCents: 1_000_000, steps });
    await player.play();
    await world.hearAll();
    await expectAgreed(player);

    const sides = await sidesOf(player);
    const [intent] = player.intents;
    expect(sides.books).toMatchObject({
      payments: [{ intent, totalCents: 300_000 }],
      refundReceipts: [{ intent, totalCents: 150_000 }],
    });
    const about = (what: string, found: number) => [
      { what: `${what} ${intent}, CRM and books`, found, isExplained: false },
    ];
    const withoutReceipt = { ...sides, books: { ...sides.books!, refundReceipts: [] } };
    expect(unexplainedDifferences(withoutReceipt)).toMatchObject(about('refunded of', 0));
    const saying = (reason: string) => ({
      ...withoutReceipt,
      crm: { ...sides.crm, items: [{ code: 'validation', reason }] },
    });
    expect(unexplainedDifferences(saying('The refund of $1,500.00 for proposal 1: no.'))).toEqual([]);
    expect(unexplainedDifferences(saying('The refund of $1,499.99 for proposal 1: no.'))).toMatchObject(
      about('refunded of', 0),
    );

    await world.books.database.query('delete from refunds where org_id = $1', [player.contractor.orgId]);
    expect(unexplainedDifferences(await sidesOf(player))).toMatchObject([
      { what: 'refunded, Stripe and CRM', expected: 150_000, found: 0 },
      { what: `refunded of ${intent}, CRM and books`, expected: 0, found: 150_000 },
    ]);
  });
});
