import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { aContractor, anApprovedProposal, type Contractor } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type Json, Person } from '../support/people.js';
import { startQbo, type TestQbo } from '../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
  TestStripe,
} from '../support/stripe.js';

/** Its sessions, payments and events are its own: the account of before has others. */
describe('After the key of another Stripe account is set, a payment page of the one before', () => {
  let books: BooksWithStripe;
  let other: TestQbo;
  let app: TestApp;
  let contractor: Contractor;
  let id: number;
  let page: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    const before = await aContractor(books);
    id = await anApprovedProposal(before);
    page = (await openCheckout(before.admin, id)).session_id;
    await books.app[Symbol.asyncDispose]();
    other = await startQbo();
    app = await startApp({
      databaseUrl: books.database.url,
      env: {
        ...books.qbo.env,
        STRIPE_SECRET_KEY: STRIPE_KEY,
        STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
        STRIPE_API_BASE_URL: other.url,
      },
    });
    await books.stripe.configure({ webhook_url: `${app.url}/payments/webhook` });
    await new TestStripe(other.url).configure({
      webhook_url: `${app.url}/payments/webhook`,
      webhook_secret: STRIPE_SECRET,
    });
    const { token, userId, email } = before.admin;
    contractor = { ...before, admin: new Person(app.url, token!, userId, before.orgId, email) };
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await books.qbo[Symbol.asyncDispose]();
    await books.database[Symbol.asyncDispose]();
  });

  const asked = async (): Promise<Json[]> =>
    (await contractor.admin.get('/inbox?code=page_elsewhere')).body.items as Json[];

  it('is not handed out any more, and a person hears that it can still be paid', async () => {
    const now = await openCheckout(contractor.admin, id);
    expect(now.session_id).not.toBe(page);
    expect((await openCheckout(contractor.admin, id)).session_id).toBe(now.session_id);
    await eventually(async () =>
      expect(await asked()).toMatchObject([
        {
          reason: expect.stringMatching(/^The page for the deposit of \$3,750\.00 of .+ for proposal \d+/),
          next_step: expect.stringContaining(page),
          proposal_id: id,
        },
      ]),
    );
  });

  it('is heard of where its account still sends its events, and what is paid on it is booked', async () => {
    await books.stripe.act('pay', { session: page });
    await eventually(async () => {
      const { body } = await contractor.admin.get(`/proposals/${id}`);
      expect(body).toMatchObject({ deposit_paid_cents: 375_000 });
    });
    expect(await asked()).toEqual([]);
    const open = await books.database.query(
      `select from checkout_sessions where org_id = $1 and status = 'open'`,
      [contractor.orgId],
    );
    expect(open).toEqual([]);
  });
});
