import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StripeClient } from '../../../src/payments/checkout/stripe.client.js';
import { MissedEventsService } from '../../../src/payments/stripe-webhooks/missed-events.service.js';
import { StripeWebhookStoreService } from '../../../src/payments/stripe-webhooks/stripe-webhook-store.service.js';
import { Clock } from '../../../src/platform/time/clock.js';
import { anApprovedProposal, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { createOrg, type Session } from '../../support/people.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../../support/stripe.js';

/** Real time, and as many minutes on top as a test has let pass. */
class MovedClock extends Clock {
  minutes = 0;

  override now(): Date {
    return new Date(Date.now() + this.minutes * 60_000);
  }
}

/** A proposal of 10,000.00, so that the deposit is 3,000.00. */
const TOTAL = { amountCents: 1_000_000 };

describe('What happened at Stripe while its webhook is dead', () => {
  const clock = new MovedClock();
  let books: BooksWithStripe;
  let admin: Session;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({}, clock);
  });

  beforeEach(async () => {
    clock.minutes = 0;
    await books.database.query('delete from stripe_event_cursor');
    contractor = { ...(await createOrg(books.app)), realmId: '' };
    ({ admin } = contractor);
    await books.stripe.configure({ drop: 1 });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const fetchMissed = async (minutesLater: number): Promise<number> => {
    clock.minutes += minutesLater;
    return books.app.app.get(MissedEventsService).fetch();
  };
  const depositPaid = async (id: number): Promise<number> =>
    (await admin.get(`/proposals/${id}`)).body.deposit_paid_cents;

  it('is fetched from its list: a deposit that was paid, and what was refunded of it', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    const paid = await books.stripe.act('pay', { session: session_id });
    expect(await fetchMissed(1)).toBe(0); // a webhook may still come
    expect(await depositPaid(proposal)).toBe(0);

    expect(await fetchMissed(3)).toBeGreaterThan(0);
    await eventually(async () => expect(await depositPaid(proposal)).toBe(300_000));

    await books.stripe.act('refund', { payment_intent: paid.payment_intent, amount: 100_000 });
    expect(await fetchMissed(4)).toBeGreaterThan(0);
    await eventually(async () => expect(await depositPaid(proposal)).toBe(200_000));
  });

  it('is fetched where nobody has looked before, long after, when no payment page is open any more', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await books.stripe.act('pay', { session: session_id });
    await books.database.query(`update checkout_sessions set status = 'expired' where org_id = $1`, [
      contractor.orgId,
    ]);
    expect(await fetchMissed(9)).toBeGreaterThan(0);
    await eventually(async () => expect(await depositPaid(proposal)).toBe(300_000));
  });

  it('is fetched once, however often it is asked for and whatever arrives late', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await books.stripe.act('pay', { session: session_id });
    await fetchMissed(4);
    await eventually(async () => expect(await depositPaid(proposal)).toBe(300_000));
    expect(await fetchMissed(1)).toBe(0);

    await books.stripe.configure({ drop: 0 });
    await books.stripe.act('redeliver', { last: 10 });
    const { items } = (await admin.get(`/payments?proposal_id=${proposal}`)).body;
    expect(items).toHaveLength(1);
    expect(await depositPaid(proposal)).toBe(300_000);
  });

  it('is fetched by a clock twenty minutes ahead, which takes no webhook, and once it is put back', async () => {
    const aPaidOne = async (): Promise<number> => {
      const proposal = await anApprovedProposal(contractor, TOTAL);
      const { session_id } = await openCheckout(admin, proposal);
      await books.stripe.act('pay', { session: session_id });
      return proposal;
    };
    await fetchMissed(20);
    const first = await aPaidOne();
    expect(await fetchMissed(1)).toBeGreaterThan(0);
    await eventually(async () => expect(await depositPaid(first)).toBe(300_000));

    const second = await aPaidOne();
    expect(await fetchMissed(-17)).toBeGreaterThan(0); // four minutes after it began
    await eventually(async () => expect(await depositPaid(second)).toBe(300_000));
  });

  it('stays unknown where its list is not read (so the tests above are not vacuous)', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await books.stripe.act('pay', { session: session_id });
    await eventually(async () => {
      expect((await books.stripe.show(`checkout/sessions/${session_id}`)).payment_status).toBe('paid');
    });
    expect(await depositPaid(proposal)).toBe(0);
  });

  it('is fetched beside events that cannot be read, over page after page, and the list is not begun anew', async () => {
    const client = books.app.app.get(StripeClient);
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await books.stripe.act('pay', { session: session_id });
    const real = client.listEvents.bind(client);
    const asked: Date[] = [];
    const spy = vi.spyOn(client, 'listEvents').mockImplementation(async function* (...question) {
      asked.push(question[1].from);
      yield [
        null,
        { id: 'evt_odd', type: 'refund.created' },
        { type: 'refund.created', created: 'now' },
      ] as never;
      yield* real(...question);
    });
    try {
      await fetchMissed(4);
      await eventually(async () => expect(await depositPaid(proposal)).toBe(300_000));
      expect(await fetchMissed(1)).toBe(0);
      const [first, second] = asked;
      expect(second!.getTime()).toBeGreaterThan(first!.getTime());
    } finally {
      spy.mockRestore();
    }
  });

  it('is fetched where another event of the list cannot be kept, which is tried again', async () => {
    const store = books.app.app.get(StripeWebhookStoreService);
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    const other = await anApprovedProposal(contractor, TOTAL);
    const { session_id: otherSession } = await openCheckout(admin, other);
    await books.stripe.configure({ drop: 1 });
    for (const session of [otherSession, session_id]) await books.stripe.act('pay', { session });
    const refused = holdBefore(store, 'keep', { failure: new Error('refused by the database') });
    refused.letGo();
    await expect(fetchMissed(4)).rejects.toThrow('refused by the database');
    await eventually(async () => expect(await depositPaid(proposal)).toBe(300_000));
    expect(await fetchMissed(1)).toBeGreaterThan(0);
    await eventually(async () => expect(await depositPaid(other)).toBe(300_000));
  });
});
