import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../src/jobs/due-jobs.service.js';
import { MissedEventsService } from '../../src/payments/stripe-webhooks/missed-events.service.js';
import { Clock } from '../../src/platform/time/clock.js';
import { unexplainedDifferences } from '../simulation/money-oracle.ts';
import { MoneyPlayer } from '../simulation/money-player.ts';
import { sidesOf } from '../simulation/money-sides.ts';
import { storyOf, storyText } from '../simulation/money-story.ts';
import { pollCompany } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type BooksWithStripe, startBooksWithStripe } from '../support/stripe.js';

/** How many stories; `npm run simulate:money` plays a thousand. */
const STORIES = Number(process.env.SIMULATE_SEEDS ?? 16);
const FIRST_SEED = Number(process.env.SIMULATE_FIRST_SEED ?? 1);
/** At once in one application, which share its queues and the Stripe account. */
const AT_ONCE = 8;
const AGREED_WITHIN_MS = 45_000;
/** An event counts as missed after two minutes; a signature is taken for five. */
const MISSED_AFTER_MS = 180_000;

class MovedClock extends Clock {
  movedMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.movedMs);
  }
}

describe('Whatever happens to money, in whatever order,', () => {
  const clock = new MovedClock();
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' }, clock);
  });

  beforeEach(async () => {
    clock.movedMs = 0;
    await books.database.query('delete from stripe_event_cursor');
    await books.stripe.configure({ drop: 0.15, duplicate: 0.2, seed: FIRST_SEED });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  /** Everything that was late comes, and what no webhook brought is read from Stripe's list. */
  async function hearAll(): Promise<void> {
    await books.stripe.act('resume');
    await books.stripe.act('flush', { order: 'shuffled' });
    clock.movedMs = MISSED_AFTER_MS;
    await books.app.app.get(MissedEventsService).fetch();
  }

  /** Has everything done that is due, as time would. Throws while something is under way. */
  async function expectQuiet({ contractor: { orgId } }: MoneyPlayer): Promise<void> {
    await books.database.query(
      `update sync_operations set next_attempt_at = now()
        where org_id = $1 and lease_until is null and state in ('waiting', 'ready', 'uncertain')
          and next_attempt_at > now()`,
      [orgId],
    );
    for (const table of ['stripe_events', 'payments', 'refunds', 'sync_operations'])
      await books.app.app.get(DueJobsService).enqueueDue(table);
    const [events, operations] = await Promise.all([
      books.database.query(`select event_id, error from stripe_events where state = 'pending'`),
      books.database.query(
        `select kind, state, error_detail from sync_operations
          where org_id = $1 and state in ('ready', 'sent', 'uncertain')`,
        [orgId],
      ),
    ]);
    expect({ events, operations }).toEqual({ events: [], operations: [] });
  }

  async function differencesOf(player: MoneyPlayer) {
    await pollCompany(books, player.contractor);
    await player.check();
    await expectQuiet(player);
    return unexplainedDifferences(await sidesOf(player));
  }

  async function expectAgreement(player: MoneyPlayer): Promise<void> {
    try {
      await eventually(async () => expect(await differencesOf(player)).toEqual([]), AGREED_WITHIN_MS);
    } catch (error) {
      const sides = JSON.stringify(await sidesOf(player));
      throw new Error(`${storyText(player.story)}\n${sides}\n${(error as Error).message}`, { cause: error });
    }
  }

  async function played(seeds: readonly number[]): Promise<MoneyPlayer[]> {
    const players = await Promise.all(seeds.map((seed) => MoneyPlayer.open(books, storyOf(seed))));
    await Promise.all(players.map((player) => player.play()));
    await books.control.clearFaults();
    await books.control.stripe.clearFaults();
    // The circuit to a company that failed stays open for a while.
    await Promise.all(players.map((player) => eventually(() => player.connect(), AGREED_WITHIN_MS)));
    await hearAll();
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
      const outcomes = await Promise.allSettled(players.map((player) => expectAgreement(player)));
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(failures.map(({ reason }) => (reason as Error).message)).toEqual([]);
    },
  );

  it('and a refund that one side lacks is found (so that the above is not vacuous)', async () => {
    const kinds = ['connect', 'invoice', 'pay', 'refund at Stripe'] as const;
    const steps = kinds.map((kind) => ({ kind, share: 50, which: 0 }));
    const player = await MoneyPlayer.open(books, { seed: 0, amountCents: 1_000_000, steps });
    await player.play();
    await hearAll();
    await expectAgreement(player);

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

    await books.database.query('delete from refunds where org_id = $1', [player.contractor.orgId]);
    expect(unexplainedDifferences(await sidesOf(player))).toMatchObject([
      { what: 'refunded, Stripe and CRM', expected: 150_000, found: 0 },
      { what: `refunded of ${intent}, CRM and books`, expected: 0, found: 150_000 },
    ]);
  });
});
