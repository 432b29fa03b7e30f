import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anApprovedProposal, type Contractor, eventsOf, idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import { createOrg, type Person } from '../../support/people.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  outcomeOf,
  payDeposit,
  startBooksWithStripe,
  stripeEvent,
} from '../../support/stripe.js';

describe('The deposit of a proposal', () => {
  let books: BooksWithStripe;
  let seller: Contractor;
  let admin: Person;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    seller = { ...(await createOrg(books.app)), realmId: '' };
    ({ admin } = seller);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const paid = async (proposalId: number): Promise<number> =>
    (await admin.get(`/proposals/${proposalId}`)).body.deposit_paid_cents;
  const statusOf = async (session: string): Promise<string> =>
    (
      await books.database.query<{ status: string }>(
        'select status from checkout_sessions where stripe_session_id = $1',
        [session],
      )
    )[0]!.status;
  const jobsOf = (queue: string, proposalId: number) =>
    books.database
      .query<{ data: Record<string, unknown> }>(
        `select data from pgboss.job where name = $1 and data->>'proposalId' = $2 order by created_on`,
        [queue, `${proposalId}`],
      )
      .then((rows) => rows.map(({ data }) => data));
  const activity = async (proposalId: number, event: string) =>
    ((await admin.get(`/proposals/${proposalId}/activity`)).body.items as { event: string; meta: object }[])
      .filter((item) => item.event === event)
      .map(({ meta }) => meta)
      .toReversed();
  const heard = async (type: string, about: string): Promise<string> =>
    eventually(async () => {
      const events = await books.stripe.events();
      const event = events.find((one) => one.type === type && JSON.stringify(one).includes(about));
      if (!event) throw new Error(`no ${type} about ${about}`);
      await outcomeOf(books, event.id);
      return event.id as string;
    });

  it('paid by card is booked, logged, counted and sent to the books', async () => {
    const proposalId = await anApprovedProposal(seller);
    const before = await metric(books.app, 'crm_portal_payment_amount_cents_sum', { org_id: admin.orgId });
    const { session_id: session, paymentIntentId } = await payDeposit(books, admin, proposalId);

    expect(await paid(proposalId)).toBe(375_000);
    expect(await statusOf(session)).toBe('paid');
    const [meta] = await activity(proposalId, 'payment_success');
    expect(meta).toEqual({
      payment_id: expect.any(Number),
      amount_cents: 375_000,
      currency: 'USD',
      kind: 'deposit',
      sequence: 1,
      stripe_payment_intent_id: paymentIntentId,
    });
    const { payment_id: paymentId } = meta as { payment_id: number };
    expect(await jobsOf('qbo.invoice.create', proposalId)).toMatchObject([
      { orgId: admin.orgId, proposalId },
    ]);
    expect(await jobsOf('qbo.payment.record', proposalId)).toMatchObject([
      { orgId: admin.orgId, proposalId, paymentId },
    ]);
    expect(await metric(books.app, 'crm_portal_payment_amount_cents_sum', { org_id: admin.orgId })).toBe(
      before + 375_000,
    );
  });

  it('that a bank pays later is booked when it is paid, not when the customer is through', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session, how: 'bank' });
    await heard('checkout.session.completed', session);
    expect(await statusOf(session)).toBe('pending');
    expect(await paid(proposalId)).toBe(0);
    expect(await jobsOf('qbo.invoice.create', proposalId)).toEqual([]);

    await books.stripe.act('settle', { session });
    await heard('checkout.session.async_payment_succeeded', session);
    expect(await paid(proposalId)).toBe(375_000);
    expect(await jobsOf('qbo.invoice.create', proposalId)).toHaveLength(1);
    expect(await eventsOf(seller, proposalId)).toEqual(['approve', 'checkout_created', 'payment_success']);
  });

  it('that a bank is about to pay by a page which was ended meanwhile is not asked for again', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    // As where what is owed changed while the customer was on it.
    await books.database.query(
      `update checkout_sessions set status = 'expired', error = 'amount_changed' where stripe_session_id = $1`,
      [session],
    );
    const { session_id: next } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session, how: 'bank' });
    await heard('checkout.session.completed', session);
    expect([await statusOf(session), await statusOf(next)]).toEqual(['pending', 'expired']);
    const again = await admin.post('/payments/checkout_session', { proposal_id: proposalId });
    expect([again.status, again.body.code]).toEqual([409, 'payment_pending']);

    await books.stripe.act('settle', { session });
    await heard('checkout.session.async_payment_succeeded', session);
    expect(await paid(proposalId)).toBe(375_000);
  });

  it('that a bank does not pay is not booked; the customer may try again', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session, how: 'bank' });
    await books.stripe.act('settle', { session, outcome: 'failed' });
    await heard('checkout.session.completed', session);
    await heard('checkout.session.async_payment_failed', session);
    expect(await statusOf(session)).toBe('failed');
    expect(await eventsOf(seller, proposalId)).toEqual(['approve', 'checkout_created', 'payment_failed']);
    expect(await payDeposit(books, admin, proposalId)).toMatchObject({ deposit_cents: 375_000 });
  });

  it('whose page expires can be asked for anew', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('expire', { session });
    await heard('checkout.session.expired', session);
    expect(await statusOf(session)).toBe('expired');
    expect((await openCheckout(admin, proposalId)).session_id).not.toBe(session);
    expect(await eventsOf(seller, proposalId)).toEqual([
      'approve',
      'checkout_created',
      'checkout_expired',
      'checkout_created',
    ]);
  });

  it('given back in parts goes down by each part, to nothing', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { paymentIntentId } = await payDeposit(books, admin, proposalId);
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 75_000 });
    await eventually(async () => expect(await paid(proposalId)).toBe(300_000));
    await idle(books, seller); // the sum of both would otherwise be heard before the first by its id
    await books.stripe.act('refund', { payment_intent: paymentIntentId });
    await eventually(async () => expect(await paid(proposalId)).toBe(0));
    expect(await activity(proposalId, 'payment_refunded')).toMatchObject([
      { amount_cents: 75_000, refunded_cents: 75_000, currency: 'USD' },
      { amount_cents: 300_000, refunded_cents: 375_000, currency: 'USD' },
    ]);
    expect((await openCheckout(admin, proposalId)).deposit_cents).toBe(375_000);
  });

  it('given back before we hear that it was paid comes to the same', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pause');
    const { payment_intent: intent } = await books.stripe.act('pay', { session });
    await books.stripe.act('refund', { payment_intent: intent, amount: 75_000 });
    await books.stripe.act('dispute', { payment_intent: intent, amount: 100 });
    await books.stripe.act('flush', { order: 'reversed' });
    await books.stripe.act('resume');
    await eventually(async () => expect(await paid(proposalId)).toBe(300_000));
    await eventually(async () =>
      expect(await eventsOf(seller, proposalId)).toEqual(
        expect.arrayContaining(['payment_success', 'payment_refunded', 'payment_disputed']),
      ),
    );
  });

  it('that is disputed is noted, with what the bank decides', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { paymentIntentId } = await payDeposit(books, admin, proposalId);
    const { id } = await books.stripe.act('dispute', { payment_intent: paymentIntentId });
    await heard('charge.dispute.created', id);
    await books.stripe.act('close-dispute', { dispute: id, status: 'lost' });
    await heard('charge.dispute.closed', id);
    expect(await activity(proposalId, 'payment_disputed')).toMatchObject([
      { stripe_dispute_id: id, amount_cents: 375_000, status: 'needs_response', reason: 'fraudulent' },
    ]);
    expect(await activity(proposalId, 'payment_dispute_closed')).toMatchObject([{ status: 'lost' }]);
    expect(
      await books.database.query('select state, amount_cents from disputes where stripe_dispute_id = $1', [
        id,
      ]),
    ).toEqual([{ state: 'lost', amount_cents: '375000' }]);
  });

  it('that a bank disputes in a currency of its own is lost in the one that was paid', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { paymentIntentId } = await payDeposit(books, admin, proposalId);
    const balance = async () => (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items[0];
    const dispute = {
      object: 'dispute',
      id: `du_of_${proposalId}`,
      charge: 'ch_of_another_name',
      payment_intent: paymentIntentId,
      amount: 285_000,
      currency: 'eur',
      reason: 'fraudulent',
    };
    const tell = async (type: string, facts: object) => {
      const event = stripeEvent(`charge.dispute.${type}`, { ...dispute, ...facts });
      await deliver(books.app, event);
      expect(await outcomeOf(books, event.id)).toMatchObject({ state: 'processed' });
    };
    const { id } = await balance();

    await tell('created', { status: 'needs_response', balance_transactions: [] });
    const refund = await admin.post(`/payments/${id}/refund`, { amount_cents: 80_000, reason: 'as agreed' });
    expect(refund).toMatchObject({ status: 409 });

    const movements = [{ amount: -300_000, currency: 'usd' }];
    await tell('closed', { status: 'lost', balance_transactions: movements });
    expect(await balance()).toMatchObject({
      currency: 'USD',
      lost_cents: 300_000,
      net_cents: 75_000,
      disputes: [{ amount_cents: 300_000, state: 'lost' }],
    });
    expect(await paid(proposalId)).toBe(75_000);
    const items = await openItems(admin);
    expect(items.find((one) => one.proposal_id === proposalId)).toMatchObject({
      code: 'dispute_lost',
      reason: expect.stringContaining('The bank took back $3,000.00 of the deposit of $3,750.00'),
    });
  });

  it('is what was paid, and both amounts are told where another was asked', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: id } = await openCheckout(admin, proposalId);
    const facts = {
      id,
      payment_status: 'paid',
      amount_total: 370_000,
      currency: 'usd',
      payment_intent: 'pi_less',
    };
    const event = stripeEvent('checkout.session.completed', facts);
    await deliver(books.app, event);
    expect(await outcomeOf(books, event.id)).toMatchObject({ state: 'processed' });
    expect(await paid(proposalId)).toBe(370_000);
    expect(await activity(proposalId, 'payment_amount_differs')).toMatchObject([
      { asked_cents: 375_000, asked_currency: 'USD', paid_cents: 370_000, paid_currency: 'USD' },
    ]);
  });

  it('is not touched by a session that is not ours, whatever its metadata says', async () => {
    const proposalId = await anApprovedProposal(seller);
    await openCheckout(admin, proposalId);
    const event = stripeEvent('checkout.session.completed', {
      id: 'cs_test_of_someone_else',
      payment_status: 'paid',
      amount_total: 375_000,
      currency: 'usd',
      payment_intent: 'pi_of_someone_else',
      metadata: { proposal_id: `${proposalId}`, org_id: `${admin.orgId}` },
    });
    await deliver(books.app, event);
    expect(await outcomeOf(books, event.id)).toEqual({
      state: 'ignored',
      error: 'The session is not one of ours.',
      attempts: 0,
    });
    expect(await paid(proposalId)).toBe(0);
  });

  it("stays with the session's own organisation, whatever the metadata says", async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: id } = await openCheckout(admin, proposalId);
    const { orgId: otherOrg } = await createOrg(books.app);
    const event = stripeEvent('checkout.session.completed', {
      id,
      payment_status: 'paid',
      metadata: { proposal_id: '1', org_id: `${otherOrg}` },
    });
    await deliver(books.app, event);
    await outcomeOf(books, event.id);
    expect(await paid(proposalId)).toBe(375_000);
    expect(await metric(books.app, 'crm_portal_payments_total', { org_id: otherOrg })).toBe(0);
  });
});
