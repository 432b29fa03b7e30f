import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { StripeEventProcessorService } from '../../../src/payments/stripe-webhooks/stripe-event-processor.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { anApprovedProposal, type Contractor } from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { metric } from '../../support/metrics.js';
import { createOrg, type Person } from '../../support/people.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  outcomeOf,
  startBooksWithStripe,
  STRIPE_SECRET,
  stripeEvent,
} from '../../support/stripe.js';

describe('However often a payment is told', () => {
  let books: BooksWithStripe;
  let replica: TestApp;
  let admin: Person;
  let seller: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
    replica = await startApp({
      databaseUrl: books.database.url,
      env: { STRIPE_WEBHOOK_SECRET: STRIPE_SECRET },
    });
    seller = { ...(await createOrg(books.app)), realmId: '' };
    ({ admin } = seller);
  });

  afterAll(async () => {
    await replica[Symbol.asyncDispose]();
    await books[Symbol.asyncDispose]();
  });

  const aSession = async (): Promise<{ proposalId: number; object: object }> => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: id } = await openCheckout(admin, proposalId);
    const object = {
      id,
      payment_status: 'paid',
      amount_total: 375_000,
      currency: 'usd',
      payment_intent: `pi_${id}`,
    };
    return { proposalId, object };
  };
  const traces = (proposalId: number) => tracesOf(books, proposalId);
  const counted = () => metric(books.app, 'crm_portal_payments_total', { org_id: admin.orgId });

  it('by 100 copies of one event at once over two processes, it is booked once', async () => {
    const { proposalId, object } = await aSession();
    const before = await counted();
    const event = stripeEvent('checkout.session.completed', object);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => deliver(index % 2 ? books.app : replica, event)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(100).fill(200));
    await outcomeOf(books, event.id);
    expect(await traces(proposalId)).toEqual(ONCE);
    expect(await counted()).toBe(before + 1);
  });

  it('by different events of one payment at once, it is booked once', async () => {
    const { proposalId, object } = await aSession();
    const before = await counted();
    const events = ['checkout.session.completed', 'checkout.session.async_payment_succeeded'].flatMap(
      (type) => Array.from({ length: 5 }, () => stripeEvent(type, object)),
    );
    await Promise.all(events.map((event, index) => deliver(index % 2 ? books.app : replica, event)));
    const outcomes = await Promise.all(events.map(({ id }) => outcomeOf(books, id)));
    expect(outcomes.map(({ state }) => state).toSorted()).toEqual([
      ...Array<string>(9).fill('ignored'),
      'processed',
    ]);
    expect(await traces(proposalId)).toEqual(ONCE);
    expect(await counted()).toBe(before + 1);
  });

  it('by events of two payments, both are booked (so that the tests above are not vacuous)', async () => {
    const [one, other] = [await aSession(), await aSession()];
    const before = await counted();
    const events = [one, other].map(({ object }) => stripeEvent('checkout.session.completed', object));
    await Promise.all(events.map((event) => deliver(books.app, event)));
    await Promise.all(events.map(({ id }) => outcomeOf(books, id)));
    expect(await traces(one.proposalId)).toEqual(ONCE);
    expect(await traces(other.proposalId)).toEqual(ONCE);
    expect(await counted()).toBe(before + 2);
  });

  it('twice for two sessions of one proposal, nothing of the money is lost', async () => {
    const { proposalId, object } = await aSession();
    await books.database.query(`update checkout_sessions set status = 'expired' where proposal_id = $1`, [
      proposalId,
    ]);
    const { session_id: id } = await openCheckout(admin, proposalId);
    const second = { ...object, id, payment_intent: `pi_${id}` };
    const events = [object, second].map((about) => stripeEvent('checkout.session.completed', about));
    await Promise.all(events.map((event) => deliver(books.app, event)));
    await Promise.all(events.map(({ id: eventId }) => outcomeOf(books, eventId)));
    expect(await traces(proposalId)).toMatchObject({ payments: 2, successes: 2, paid: 750_000 });
  });

  it('Stripe may deliver it again and again, under its own id', async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.configure({ duplicate: 1 });
    await books.stripe.act('pay', { session });
    await books.stripe.configure({ duplicate: 0 });
    await books.stripe.act('redeliver', { last: 1, times: 10 });
    const [event] = (await books.stripe.events()).slice(-1);
    await outcomeOf(books, event.id);
    expect(await traces(proposalId)).toEqual(ONCE);
  });
});

describe('When a process dies', () => {
  const clock = new FakeClock(new Date());
  let books: BooksWithStripe;
  let admin: Person;
  let seller: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ CRM_ROLE: 'api' }, clock);
    seller = { ...(await createOrg(books.app)), realmId: '' };
    ({ admin } = seller);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const aPaidEvent = async () => {
    const proposalId = await anApprovedProposal(seller);
    const { session_id: id } = await openCheckout(admin, proposalId);
    const event = stripeEvent('checkout.session.completed', {
      id,
      payment_status: 'paid',
      amount_total: 375_000,
      currency: 'usd',
      payment_intent: `pi_${id}`,
    });
    await deliver(books.app, event);
    return { proposalId, eventId: event.id as string };
  };
  const traces = (proposalId: number) => tracesOf(books, proposalId);
  const process = (eventId: string) => books.app.app.get(StripeEventProcessorService).process(eventId);

  it('after the event was stored and its job was lost, it is enqueued again and processed', async () => {
    const { proposalId, eventId } = await aPaidEvent();
    const enqueueDue = () => books.app.app.get(DueJobsService).enqueueDue('stripe_events');
    const jobs = () =>
      books.database.query(
        `select from pgboss.job where name = 'stripe.event.process' and singleton_key = $1`,
        [eventId],
      );
    expect(await jobs()).toHaveLength(1);
    await books.database.query(`delete from pgboss.job where name = 'stripe.event.process'`);
    expect(await enqueueDue()).toBe(0);
    expect(await jobs()).toHaveLength(0);

    clock.advance({ seconds: 11 });
    expect(await enqueueDue()).toBe(1);
    expect(await jobs()).toHaveLength(1);
    await process(eventId);
    expect(await enqueueDue()).toBe(0);
    expect(await traces(proposalId)).toEqual(ONCE);
  });

  it.each([
    { step: 'the event is closed', on: 'update on stripe_events', when: `new.state = 'processed'` },
    { step: 'the payment is written', on: 'insert on payments', when: 'true' },
    { step: 'the session is paid', on: 'update on checkout_sessions', when: `new.status = 'paid'` },
    { step: 'the deposit is on the proposal', on: 'update on leads', when: 'new.deposit_paid_cents > 0' },
    {
      step: 'the activity is logged',
      on: 'insert on portal_activity',
      when: `new.event = 'payment_success'`,
    },
    { step: 'the invoice is asked for', on: 'insert on pgboss.job', when: `new.name = 'qbo.invoice.create'` },
    {
      step: 'the payment is sent to the books',
      on: 'insert on pgboss.job',
      when: `new.name = 'qbo.payment.record'`,
    },
  ])('when $step, nothing of the booking is there, and the next try books it once', async ({ on, when }) => {
    const { proposalId, eventId } = await aPaidEvent();
    await breakAt(books, on, when);
    const before = await metric(books.app, 'crm_portal_payments_total', { org_id: admin.orgId });
    await expect(process(eventId)).rejects.toThrow('the process died');
    expect(await traces(proposalId)).toEqual(NEVER);
    expect(await metric(books.app, 'crm_portal_payments_total', { org_id: admin.orgId })).toBe(before);

    await mend(books, on);
    await process(eventId);
    await process(eventId);
    expect(await traces(proposalId)).toEqual(ONCE);
    expect(await outcomeOf(books, eventId)).toMatchObject({ state: 'processed', attempts: 1 });
    expect(await metric(books.app, 'crm_portal_payments_total', { org_id: admin.orgId })).toBe(before + 1);
  });

  it('again and again over one event, that is left to a person and holds up no other', async () => {
    const { eventId } = await aPaidEvent();
    await breakAt(books, 'insert on payments', 'true');
    for (let attempt = 1; attempt < 10; attempt += 1) await expect(process(eventId)).rejects.toThrow('died');
    await process(eventId);
    expect(await outcomeOf(books, eventId)).toMatchObject({
      state: 'failed',
      attempts: 10,
      error: expect.stringContaining('the process died'),
    });
    await mend(books, 'insert on payments');
    const other = await aPaidEvent();
    await process(other.eventId);
    expect(await traces(other.proposalId)).toEqual(ONCE);
  });
});

const ONCE = { payments: 1, successes: 1, invoice_jobs: 1, payment_jobs: 1, paid: 375_000 };
const NEVER = { payments: 0, successes: 0, invoice_jobs: 0, payment_jobs: 0, paid: 0 };

async function tracesOf({ database }: BooksWithStripe, proposalId: number): Promise<object> {
  const [row] = await database.query(
    `select
       (select count(*)::int from payments where proposal_id = $1) as payments,
       (select count(*)::int from portal_activity where proposal_id = $1 and event = 'payment_success') as successes,
       (select count(*)::int from pgboss.job
         where name = 'qbo.invoice.create' and data->>'proposalId' = $1::text) as invoice_jobs,
       (select count(*)::int from pgboss.job
         where name = 'qbo.payment.record' and data->>'proposalId' = $1::text) as payment_jobs,
       (select deposit_paid_cents::int from leads where id = $1) as paid`,
    [proposalId],
  );
  return row!;
}

/** From here on, the transaction fails at this step as if the process died there. */
async function breakAt({ database }: BooksWithStripe, on: string, when: string): Promise<void> {
  await database.query(`
    create or replace function die() returns trigger language plpgsql as
      $$ begin raise exception 'the process died'; end $$`);
  await database.query(`create trigger die before ${on} for each row when (${when}) execute function die()`);
}

async function mend({ database }: BooksWithStripe, on: string): Promise<void> {
  await database.query(`drop trigger die ${on.replace(/^\w+ /, '')}`);
}
