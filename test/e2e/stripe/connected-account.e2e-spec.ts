import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StripeAccountsService } from '../../../src/payments/accounts/stripe-accounts.service.js';
import { StripeClient } from '../../../src/payments/checkout/stripe.client.js';
import { PaymentFeeService } from '../../../src/payments/ledger/payment-fee.service.js';
import { MissedEventsService } from '../../../src/payments/stripe-webhooks/missed-events.service.js';
import { Clock } from '../../../src/platform/time/clock.js';
import { anApprovedProposal, type Contractor } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { createOrg, type Session } from '../../support/people.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  payDeposit,
  startBooksWithStripe,
  stripeEvent,
} from '../../support/stripe.js';

const ROOT = join(import.meta.dirname, '../../..');
/** So that the deposit is 3,000.00. */
const TOTAL = { amountCents: 1_000_000 };

/** Real time, and as many minutes on top as a test has let pass. */
class LaterClock extends Clock {
  minutes = 0;

  override now(): Date {
    return new Date(Date.now() + this.minutes * 60_000);
  }
}

/** A page that no row knows, by which the deposit of a proposal was paid before its organisation was restored. */
function lostPage(id: string, { orgId }: Contractor, proposal: number): object {
  return {
    id,
    object: 'checkout.session',
    created: Math.floor(Date.now() / 1000) - 600,
    amount_total: 300_000,
    currency: 'usd',
    status: 'complete',
    payment_status: 'paid',
    payment_intent: `pi_${id}`,
    metadata: { org_id: String(orgId), proposal_id: String(proposal), kind: 'deposit', sequence: '1' },
  };
}

describe('A Stripe account of its own, connected to the installation’s,', () => {
  const clock = new LaterClock();
  let books: BooksWithStripe;
  let contractor: Contractor;
  let admin: Session;
  let account: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({}, clock);
  });

  beforeEach(async () => {
    clock.minutes = 0;
    await books.stripe.configure({ drop: 0 });
    contractor = await paidByCardAlone();
    ({ admin } = contractor);
    account = await books.stripe.connectAccount('till@acme.test');
    await assign(account);
  });

  afterAll(() => books?.[Symbol.asyncDispose]());

  const paidByCardAlone = async (): Promise<Contractor> => ({ ...(await createOrg(books.app)), realmId: '' });
  const assign = (to: string | null, { orgId } = contractor) =>
    books.app.app.get(StripeAccountsService).assign(orgId, to);
  const amounts = async (of: 'charges' | 'refunds', at?: string): Promise<number[]> =>
    (await books.stripe.show(of, at)).data.map(({ amount }: { amount: number }) => amount);
  const paymentOf = async (proposalId: number) =>
    (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items[0] as {
      id: number;
      refunded_cents: number;
    };
  const statusOf = async (session: string): Promise<string> =>
    (
      await books.database.query('select status from checkout_sessions where stripe_session_id = $1', [
        session,
      ])
    )[0]!.status as string;

  it('is paid into by the customers of the organisation that it was given to, and of no other', async () => {
    const neighbour = await paidByCardAlone();
    const [before, rest] = [
      await amounts('charges'),
      await anApprovedProposal(neighbour, { amountCents: 70_000 }),
    ];
    await payDeposit(books, admin, await anApprovedProposal(contractor, TOTAL));
    await payDeposit(books, neighbour.admin, rest);
    expect(await amounts('charges', account)).toEqual([300_000]);
    expect(await amounts('charges')).toEqual([21_000, ...before]);
    expect((await admin.get('/org/settings')).body.stripe_account_id).toBe(account);
    expect((await neighbour.admin.get('/org/settings')).body.stripe_account_id).toBeNull();
  });

  it('gives back what was paid into it, also once the organisation is paid into another', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    await payDeposit(books, admin, proposal);
    await assign(null);
    const { id } = await paymentOf(proposal);
    const asked = await admin.post(`/payments/${id}/refund`, { amount_cents: 100_000, reason: 'less work' });
    expect(asked.status).toBeLessThan(300);
    await eventually(async () => expect((await paymentOf(proposal)).refunded_cents).toBe(100_000));
    expect(await amounts('refunds', account)).toEqual([100_000]);
  });

  it('is heard of: what was refunded in its dashboard, and what Stripe kept of a payment', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { paymentIntentId } = await payDeposit(books, admin, proposal);
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 40_000 });
    await eventually(async () => expect((await paymentOf(proposal)).refunded_cents).toBe(40_000));

    const { id } = await paymentOf(proposal);
    clock.minutes = 2;
    await books.app.app.get(PaymentFeeService).read({ orgId: contractor.orgId, paymentId: id });
    const [payment] = await books.database.query('select fee_cents from payments where id = $1', [id]);
    expect(Number(payment!.fee_cents)).toBeGreaterThan(0);
  });

  it('is asked for what no webhook brought, though another is connected no more', async () => {
    const gone = await paidByCardAlone();
    await assign(await books.stripe.connectAccount('gone@acme.test'), gone);
    await books.database.query(`update stripe_accounts set account_id = 'acct_gone' where org_id = $1`, [
      gone.orgId,
    ]);
    await books.stripe.configure({ drop: 1 });
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await books.stripe.act('pay', { session: session_id });
    clock.minutes = 4;
    expect(await books.app.app.get(MissedEventsService).fetch()).toBeGreaterThan(0);
    await eventually(async () => expect(await statusOf(session_id)).toBe('paid'));
    clock.minutes = 5;
    expect(await books.app.app.get(MissedEventsService).fetch()).toBe(0);
  });

  it('is paid into no more by a page that was open when the organisation was given another', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id: before } = await openCheckout(admin, proposal);
    const next = await books.stripe.connectAccount('other@acme.test');
    await assign(next);
    await eventually(async () => {
      expect((await books.stripe.show(`checkout/sessions/${before}`, account)).status).toBe('expired');
    });
    const { session_id: after } = await openCheckout(admin, proposal);
    expect((await books.stripe.show(`checkout/sessions/${after}`, next)).status).toBe('open');
    expect(await statusOf(before)).toBe('expired');
  });

  it('keeps its page for the customer who is about to pay by it, whatever else is changed', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await admin.patch('/org/settings', { terms_days: 21 });
    expect((await openCheckout(admin, proposal)).session_id).toBe(session_id);
  });

  it('cannot name what is another organisation’s: no page of it asks anything of them', async () => {
    const neighbour = await paidByCardAlone();
    const proposal = await anApprovedProposal(neighbour, TOTAL);
    await books.database.query('update orgs set restored_at = $2 where id = $1', [
      neighbour.orgId,
      clock.now(),
    ]);
    const asked = async () => (await openItems(neighbour.admin, 'payment_unknown')).length;
    const heard = async (id: string, facts: object) => {
      const event = stripeEvent('checkout.session.completed', lostPage(id, neighbour, proposal), facts);
      expect((await deliver(books.app, event)).status).toBe(200);
      await eventually(async () => {
        const rows = await books.database.query('select state from stripe_events where event_id = $1', [
          event.id,
        ]);
        expect(rows).toEqual([{ state: 'ignored' }]);
      });
    };
    await heard('cs_of_a_stranger', { account });
    expect(await asked()).toBe(0);
    await heard('cs_of_the_key', {});
    expect(await asked()).toBe(1);
  });

  it('is believed for its own alone where its list, and no webhook, tells of such a page', async () => {
    const neighbour = await paidByCardAlone();
    const proposal = await anApprovedProposal(neighbour, TOTAL);
    await books.database.query('update orgs set restored_at = $2 where id = $1', [
      neighbour.orgId,
      clock.now(),
    ]);
    const client = books.app.app.get(StripeClient);
    const { id, ...event } = stripeEvent(
      'checkout.session.completed',
      lostPage('cs_listed', neighbour, proposal),
    );
    const spy = vi.spyOn(client, 'listEvents').mockImplementation(async function* (of) {
      if (of === account) yield [{ id, ...event }] as never;
    });
    try {
      clock.minutes = 4;
      expect(await books.app.app.get(MissedEventsService).fetch()).toBe(1);
      await eventually(async () => {
        const rows = await books.database.query('select state from stripe_events where event_id = $1', [id]);
        expect(rows).toEqual([{ state: 'ignored' }]);
      });
      expect(await openItems(neighbour.admin, 'payment_unknown')).toEqual([]);
    } finally {
      spy.mockRestore();
    }
  });

  it('is read thirty days back where it is given again after a restore: what was paid is heard of', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    await books.stripe.configure({ drop: 1 });
    const { session_id } = await openCheckout(admin, proposal);
    await books.stripe.act('pay', { session: session_id });
    const { orgId } = contractor;
    await books.database.query('delete from stripe_accounts where org_id = $1', [orgId]);
    await books.database.query('update orgs set restored_at = now() where id = $1', [orgId]);
    clock.minutes = 60;
    await assign(null);
    await assign(account);
    expect(await books.app.app.get(MissedEventsService).fetch()).toBeGreaterThan(0);
    await eventually(async () => expect(await statusOf(session_id)).toBe('paid'));
  });

  it('is paid into by no page that Stripe opened in the one before while it was given', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const next = await books.stripe.connectAccount('next@acme.test');
    const opening = holdBefore(books.app.app.get(StripeClient), 'openSession');
    const asked = admin.post('/payments/checkout_session', { proposal_id: proposal });
    await opening.made;
    await books.database.query('update org_settings set stripe_account_id = $2 where org_id = $1', [
      contractor.orgId,
      next,
    ]);
    opening.letGo();
    expect(await asked).toMatchObject({ status: 409, body: { code: 'checkout_ended' } });
    await eventually(async () => {
      const { data } = await books.stripe.show('checkout/sessions', account);
      expect(data.map(({ status }: { status: string }) => status)).toEqual(['expired']);
    });
    const { session_id } = await openCheckout(admin, proposal);
    expect((await books.stripe.show(`checkout/sessions/${session_id}`, next)).status).toBe('open');
  });

  it('that Stripe does not let us act for takes no payment, and its open page is asked about', async () => {
    const proposal = await anApprovedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(admin, proposal);
    await books.database.query(`update org_settings set stripe_account_id = 'acct_gone' where org_id = $1`, [
      contractor.orgId,
    ]);
    await books.database.query(
      `update checkout_sessions set stripe_account_id = 'acct_gone' where stripe_session_id = $1`,
      [session_id],
    );
    const { status, body } = await admin.post('/payments/checkout_session', { proposal_id: proposal });
    expect([status, body.code]).toEqual([502, 'stripe_account_refused']);
    expect(body.detail).toContain('org:stripe-account');
    await eventually(async () => {
      expect(await openItems(admin, 'page_elsewhere')).toHaveLength(1);
    });
  });

  it('is given by the operator, who hears whose it is, and takes it back', async () => {
    const tool = async (...words: string[]) => {
      const child = spawn(
        process.execPath,
        [join(ROOT, 'dist/src/payments/accounts/stripe-account.cli.js'), ...words],
        {
          env: {
            PATH: process.env.PATH,
            NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
            DATABASE_URL: books.database.url,
            DB_MIGRATE: 'false',
            STRIPE_SECRET_KEY: 'sk_test_of_the_shop',
            STRIPE_WEBHOOK_SECRET: 'whsec_of_the_shop',
            STRIPE_API_BASE_URL: books.qbo.url,
          },
        },
      );
      const code = new Promise<number | null>((resolve) => void child.once('close', resolve));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { code: await code, out, err };
    };
    const org = String(contractor.orgId);
    const theirs = await books.stripe.connectAccount('theirs@acme.test');
    const given = await tool('--org', org, '--account', theirs);
    expect([given.code, given.err]).toEqual([0, '']);
    expect(JSON.parse(given.out)).toMatchObject({
      stripe_account_id: theirs,
      stripe_account: 'theirs@acme.test',
    });
    await expect(assign('acct_of_nobody')).rejects.toThrow(/act for the account acct_of_nobody/);
    expect((await admin.get('/org/settings')).body.stripe_account_id).toBe(theirs);
    expect((await admin.get('/audit?action=settings.updated')).body.items[0].after).toMatchObject({
      stripe_account_id: theirs,
    });
    expect(JSON.parse((await tool('--org', org, '--account', 'none')).out)).toMatchObject({
      stripe_account_id: null,
    });
  });
});
