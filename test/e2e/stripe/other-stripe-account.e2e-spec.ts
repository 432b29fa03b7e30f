import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PendingPagesService } from '../../../src/payments/checkout/sessions/pending-pages.service.js';
import { SessionEndService } from '../../../src/payments/checkout/session-end.service.js';
import { StripeClient } from '../../../src/payments/checkout/stripe.client.js';
import { startApp, type TestApp } from '../../support/app.js';
import { aContractor, anApprovedProposal, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { type Json, Person } from '../../support/people.js';
import { startQbo, type TestQbo } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
  TestStripe,
} from '../../support/stripe.js';

/** Its sessions, payments and events are its own: the account of before has others. */
describe('After the key of another Stripe account is set, a payment page of the one before', () => {
  let books: BooksWithStripe;
  let other: TestQbo;
  let app: TestApp;
  let contractor: Contractor;
  let id: number;
  let page: string;
  /** Three proposals more, and their pages: two are open, and by one a bank was about to pay when the key changed. */
  let [open, slow, silent] = [0, 0, 0];
  let [openPage, slowPage, silentPage] = ['', '', ''];

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    const before = await aContractor(books);
    id = await anApprovedProposal(before);
    page = (await openCheckout(before.admin, id)).session_id;
    [open, openPage] = await aPage(before);
    [slow, slowPage] = await aPage(before);
    [silent, silentPage] = await aPage(before);
    await books.stripe.act('pay', { session: silentPage, how: 'bank' });
    await eventually(async () => {
      if ((await statusOf(silentPage)) !== 'pending') throw new Error('the bank is not heard of yet');
    });
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

  const aPage = async (before: Contractor): Promise<[number, string]> => {
    const proposalId = await anApprovedProposal(before);
    return [proposalId, (await openCheckout(before.admin, proposalId)).session_id];
  };
  const statusOf = async (session: string): Promise<unknown> => {
    const sql = 'select status from checkout_sessions where stripe_session_id = $1';
    const [row] = await books.database.query<{ status: string }>(sql, [session]);
    return row?.status;
  };
  const asked = async (proposalId = id): Promise<Json[]> =>
    (await contractor.admin.get(`/inbox?code=page_elsewhere&proposal_id=${proposalId}`)).body.items as Json[];
  const checkout = async (proposalId: number): Promise<{ status: number; body: Json }> =>
    contractor.admin.post('/payments/checkout_session', { proposal_id: proposalId });

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
    const still = await books.database.query(
      `select from checkout_sessions where proposal_id = $1 and status = 'open'`,
      [id],
    );
    expect(still).toEqual([]);
  });

  it('stays before a person while its bank is about to pay, until that has refused', async () => {
    await openCheckout(contractor.admin, slow);
    await eventually(async () => expect(await asked(slow)).toHaveLength(1));
    await books.stripe.act('pay', { session: slowPage, how: 'bank' });
    await eventually(async () => expect(await statusOf(slowPage)).toBe('pending'));
    expect(await asked(slow)).toMatchObject([{ reason: expect.stringContaining('bank is about to pay') }]);
    expect(await checkout(slow)).toMatchObject({ status: 409, body: { code: 'payment_pending' } });
    await books.stripe.act('settle', { session: slowPage, outcome: 'failed' });
    await eventually(async () => expect(await asked(slow)).toEqual([]));
    expect(await checkout(slow)).toMatchObject({ status: 200 });
  });

  it('is before a person by the next day where a bank was about to pay, until its key is set again', async () => {
    const pages = app.app.get(PendingPagesService);
    expect(await asked(silent)).toEqual([]);
    expect(await pages.enqueueAll()).toBeGreaterThan(0);
    await eventually(async () =>
      expect(await asked(silent)).toMatchObject([
        { reason: expect.stringContaining('bank is about to pay') },
      ]),
    );
    const known = vi.spyOn(app.app.get(StripeClient), 'hasSession').mockResolvedValue(true);
    await pages.look({ orgId: contractor.orgId, proposalId: silent });
    known.mockRestore();
    expect(await asked(silent)).toEqual([]);
    await pages.look({ orgId: contractor.orgId, proposalId: silent });
    const [item] = await asked(silent);
    await contractor.admin.post(`/inbox/${item!.id}/dismiss`);
    await pages.look({ orgId: contractor.orgId, proposalId: silent });
    expect(await asked(silent)).toEqual([]);
  });

  it('is before a person too where a bank was about to pay by it, and blocks no longer than they say', async () => {
    expect(await asked(silent)).toEqual([]);
    expect(await checkout(silent)).toMatchObject({ status: 409, body: { code: 'payment_pending' } });
    const [item] = await asked(silent);
    expect(item).toMatchObject({
      reason: expect.stringContaining('bank is about to pay'),
      next_step: expect.stringContaining(silentPage),
    });
    expect(await contractor.admin.post(`/inbox/${item!.id}/resolve`)).toMatchObject({ status: 200 });
    expect(await statusOf(silentPage)).toBe('failed');
    expect(await checkout(silent)).toMatchObject({ status: 200 });
  });

  it('says so once its time is over, and closes by itself where its account is that of the key again', async () => {
    await openCheckout(contractor.admin, open);
    await eventually(async () => expect(await asked(open)).toHaveLength(1));
    const later = await books.database.query(
      `select from pgboss.job where name = 'stripe.session.end' and start_after > now() + interval '1 hour'`,
    );
    expect(later.length).toBeGreaterThan(0);
    const [session] = await books.database.query<{ id: number; org_id: number }>(
      `update checkout_sessions set expires_at = now() where stripe_session_id = $1 returning id, org_id`,
      [openPage],
    );
    const look = () =>
      app.app.get(SessionEndService).endAtStripe({ orgId: session!.org_id, sessionId: session!.id });
    await look();
    expect(await asked(open)).toMatchObject([
      { reason: expect.stringContaining('could be paid'), next_step: expect.stringContaining('resolve') },
    ]);
    const expire = vi.spyOn(app.app.get(StripeClient), 'expireSession').mockResolvedValue('over');
    await look();
    expire.mockRestore();
    expect(await asked(open)).toEqual([]);
  });
});
