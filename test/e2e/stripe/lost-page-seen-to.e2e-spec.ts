import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aContractor, anInvoicedProposal, type Contractor, idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { aLink, openPage } from '../../support/portal.js';
import { connect } from '../../support/qbo.js';
import { spoil } from '../../support/spoil.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  outcomeOf,
  startBooksWithStripe,
  stripeEvent,
} from '../../support/stripe.js';

/** A proposal of 1,000.00, so that the deposit is 300.00. */
const TOTAL = { amountCents: 100_000 };

/** A database that was restored from a backup, and pages of which it knows nothing. */
describe('Money that came by a payment page of before a restore', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL));
    await books.database.query(`update orgs set restored_at = now() + interval '1 minute' where id = $1`, [
      contractor.orgId,
    ]);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const tell = async (type: string, facts: Json): Promise<void> => {
    const { orgId } = contractor;
    const metadata = { org_id: `${orgId}`, proposal_id: `${proposalId}`, kind: 'deposit', sequence: '1' };
    const event = stripeEvent(type, { amount_total: 30_000, currency: 'usd', metadata, ...facts });
    await deliver(books.app, event);
    await outcomeOf(books, event.id as string);
  };
  const aLostPage = (status: 'paid' | 'unpaid', id = `cs_test_${randomUUID()}`): Promise<string> =>
    tell('checkout.session.completed', {
      id,
      payment_status: status,
      payment_intent: `pi_${randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
    }).then(() => id);
  const items = (code: string) => openItems(contractor.admin, code);
  const close = async (how: 'resolve' | 'dismiss'): Promise<void> => {
    const [item] = await items('payment_unknown');
    expect(await contractor.admin.post(`/inbox/${item!.id}/${how}`, {})).toMatchObject({ status: 200 });
  };
  const asked = async () => {
    const { status, body } = await contractor.admin.post('/payments/checkout_session', {
      proposal_id: proposalId,
    });
    return [status, body.code];
  };
  const page = async (): Promise<string> => {
    const { path } = await aLink(contractor.admin, proposalId);
    return (await openPage(books.app, path)).html;
  };

  it('and that a person has entered is not asked for before the invoice is read', async () => {
    await aLostPage('paid');
    expect(await asked()).toEqual([409, 'payment_unknown']);
    await books.control.planFault({ operation: 'invoice.read', kind: '500', times: 2 });
    await books.control.receivePayment(contractor.realmId, invoiceId, {});
    await close('resolve');
    expect(await asked()).toEqual([409, 'payment_unknown']);
    expect(await page()).toContain('We are looking for a payment of yours');
    await eventually(async () => expect(await asked()).toEqual([409, 'invoice_paid']));
    expect(await page()).not.toContain('We are looking for a payment of yours');
  });

  it('and that a person has given back in Stripe is asked for again once the invoice was read', async () => {
    await aLostPage('paid');
    await close('resolve');
    await eventually(async () => expect(await asked()).toEqual([200, undefined]));
  });

  it('and that is seen to while QuickBooks is lost is not asked for before the next connection', async () => {
    await aLostPage('paid');
    await books.database.query(`update qbo_tokens set state = 'needs_reauth' where org_id = $1`, [
      contractor.orgId,
    ]);
    await close('resolve');
    await idle(books, contractor);
    expect(await asked()).toEqual([409, 'payment_unknown']);
    await connect(books.app, contractor.admin, { realmId: contractor.realmId });
    await eventually(async () => expect(await asked()).toEqual([200, undefined]));
  });

  it('and whose invoice cannot be read is before a person again, who may decide without it', async () => {
    await aLostPage('paid');
    const readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
    await close('resolve');
    await eventually(async () =>
      expect(await items('payment_unknown')).toMatchObject([
        {
          reason: expect.stringMatching(
            /^Stripe has the deposit .+ cannot be read since, so that nobody knows/,
          ),
          next_step: expect.stringContaining('dismiss this'),
        },
      ]),
    );
    expect(await asked()).toEqual([409, 'payment_unknown']);
    await close('resolve');
    await eventually(async () => expect(await items('payment_unknown')).toHaveLength(1));
    readable();
    await close('resolve');
    await eventually(async () => expect(await asked()).toEqual([200, undefined]));
  });

  it('and whose invoice cannot be read is asked for where a person says that it is no matter', async () => {
    await aLostPage('paid');
    const readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
    await close('resolve');
    await eventually(async () => expect(await items('payment_unknown')).toHaveLength(1));
    await close('dismiss');
    readable();
    expect(await asked()).toEqual([200, undefined]);
  });

  it('and is no matter, as a person says, is asked for again at once', async () => {
    await aLostPage('paid');
    await close('dismiss');
    expect(await asked()).toEqual([200, undefined]);
  });

  it('is no reason to call money not owed that comes meanwhile by a page that is known', async () => {
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await books.stripe.act('pause');
    await books.stripe.act('pay', { session: session_id });
    const lost = await aLostPage('unpaid');
    expect(await items('payment_unknown')).toHaveLength(1);
    await books.stripe.act('resume');
    await eventually(async () => {
      const { body } = await contractor.admin.get(`/proposals/${proposalId}`);
      expect(body.deposit_paid_cents).toBe(30_000);
    });
    expect(await items('payment_not_owed')).toEqual([]);
    await tell('checkout.session.async_payment_failed', { id: lost, created: Math.floor(Date.now() / 1000) });
    expect(await openItems(contractor.admin)).toEqual([]);
  });
});
