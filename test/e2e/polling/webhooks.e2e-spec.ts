import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aContractor, anInvoicedProposal, type Contractor, eventsOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import {
  type BooksWithWebhooks,
  caughtUp,
  eventsAbout,
  openBooksWithWebhooks,
  settledEvents,
} from '../../support/webhooks.js';

describe('What QuickBooks tells, without any poll', () => {
  let books: BooksWithWebhooks;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;
  let paidBefore: number;

  beforeAll(async () => {
    books = await openBooksWithWebhooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
    await caughtUp(books, contractor.realmId);
    await books.control.resetCalls();
    paidBefore = await allPaidCount();
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const proposal = async () => (await contractor.admin.get(`/proposals/${proposalId}`)).body;
  const becomes = (facts: object) => eventually(async () => expect(await proposal()).toMatchObject(facts));
  const calls = async () => (await books.control.calls(contractor.realmId)).total;
  const allPaidCount = () => metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId });
  const paidCount = async () => (await allPaidCount()) - paidBefore;
  /** When the newest event of the company came. */
  const newest = () =>
    books.database.query<{ at: Date }>('select max(received_at) as at from qbo_events where org_id = $1', [
      contractor.orgId,
    ]);
  /** Waits until nothing that was told so far is left to look into, and answers how many events there were. */
  const settled = async (atLeast: number) => settledEvents(books, contractor.realmId, atLeast);

  it('makes an invoice paid that is paid, for two calls', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await becomes({ qbo_status: 'Paid', qbo_state: 'paid', qbo_paid_cents: 375_000 });
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_paid']);
    expect(await paidCount()).toBe(1);
    expect(await calls()).toBe(2);
  });

  it('is noted with the company, as of when it was told', async () => {
    const [connected] = await newest();
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await becomes({ qbo_state: 'paid' });
    await settled(1);
    const [notified] = await newest();
    expect(notified!.at.getTime()).toBeGreaterThan(connected!.at?.getTime() ?? 0);
    const { last_webhook_at: noted } = (await contractor.admin.get('/qbo/status')).body;
    expect(noted).toBe(notified!.at.toISOString());
  });

  it('shows a part payment, and the rest', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1_000 });
    await becomes({ qbo_state: 'partially_paid', qbo_balance_cents: 275_000 });
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await becomes({ qbo_state: 'paid', qbo_balance_cents: 0 });
    expect(await paidCount()).toBe(1);
  });

  it('never makes a voided invoice paid', async () => {
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await becomes({ qbo_status: 'Unknown', qbo_state: 'voided', qbo_paid_cents: 0 });
    expect(await paidCount()).toBe(0);
    expect(await calls()).toBe(1);
  });

  it('shows a deleted invoice as deleted, after asking for it once', async () => {
    await books.control.deleteInvoice(contractor.realmId, invoiceId);
    await becomes({ qbo_status: 'Unknown', qbo_state: 'deleted' });
    expect(await calls()).toBe(1);
  });

  it('shows that the credit memo of a change order is gone', async () => {
    const { admin, realmId } = contractor;
    expect((await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`)).status).toBe(200);
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -60_000 }];
    await admin.post(`/proposals/${proposalId}/change-orders`, { description: 'No gutter', lines });
    await admin.post(`/proposals/${proposalId}/change-orders/1/approve`, { reason: 'Agreed on site' });
    const memo = async () =>
      (await admin.get(`/proposals/${proposalId}/contract`)).body.change_orders[0].credit_memo;
    await eventually(async () => expect(await memo()).toMatchObject({ state: 'used' }));
    await caughtUp(books, realmId);
    const number = `CRM-${proposalId}-C1`;
    const made = await books.control.records(realmId, 'CreditMemo');
    await books.control.deleteCreditMemo(realmId, made.find(({ DocNumber }) => DocNumber === number)!.Id);
    await eventually(async () => expect(await memo()).toMatchObject({ state: 'deleted' }));
    const items = await openItems(admin);
    expect(items).toMatchObject([{ code: 'credit_memo_gone', proposal_id: proposalId }]);
  });

  it.each(['deletePayment', 'voidPayment', 'unapplyPayment'] as const)(
    'reopens an invoice after %s, though no event names the invoice',
    async (undo) => {
      const payment = await books.control.receivePayment(contractor.realmId, invoiceId);
      await becomes({ qbo_state: 'paid' });
      await books.control[undo](contractor.realmId, payment.Id);
      await becomes({ qbo_status: 'Open', qbo_state: 'open', qbo_balance_cents: 375_000 });
      await books.control.receivePayment(contractor.realmId, invoiceId);
      await becomes({ qbo_status: 'Paid' });
      expect(await eventsOf(contractor, proposalId)).toEqual([
        'approve',
        'invoice_created',
        'invoice_paid',
        'invoice_reopened',
        'invoice_paid',
      ]);
      expect(await paidCount()).toBe(2);
    },
  );

  it('sees a credit memo used on the invoice', async () => {
    const [invoice] = (await books.control.records(contractor.realmId, 'Invoice')).filter(
      (one) => one.Id === invoiceId,
    );
    const customerId = (invoice!.CustomerRef as { value: string }).value;
    await books.control.creditMemo(contractor.realmId, {
      customer_id: customerId,
      amount: 500,
      apply_to: invoiceId,
    });
    await becomes({ qbo_balance_cents: 325_000 });
    // The invoice and the payment, and what the credit memo is over, in the chart of accounts: a debt may be given up.
    expect(await calls()).toBe(4);
  });

  it('sees an invoice edited', async () => {
    await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_000 });
    await becomes({ qbo_balance_cents: 400_000 });
    expect(await calls()).toBe(1);
  });

  it('asks once for an invoice that five events name', async () => {
    await books.notices.configure({ coalesce_ms: 600_000 });
    for (const amount of [4_000, 5_000, 6_000, 7_000, 8_000]) {
      await books.control.editInvoice(contractor.realmId, invoiceId, { amount });
    }
    await books.notices.flush();
    await books.notices.configure({ coalesce_ms: 0 });
    await becomes({ qbo_balance_cents: 800_000 });
    expect(await calls()).toBe(1);
  });

  it('asks for nothing where an invoice is no business of ours', async () => {
    const before = await settled(1);
    const customer = await books.control.createCustomer(contractor.realmId, 'Somebody Else');
    const invoice = await books.control.createInvoice(contractor.realmId, {
      customer_id: customer.Id,
      amount: 100,
    });
    await books.control.voidInvoice(contractor.realmId, invoice.Id);
    const events = (await settled(before.length + 3)).slice(before.length);
    expect(events.map(({ state }) => state)).toEqual(['ignored', 'ignored', 'ignored']);
    expect(await calls()).toBe(0);
  });

  it('says the same twice without a second effect', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await becomes({ qbo_state: 'paid' });
    const before = await settled(2);
    await books.control.resetCalls();
    await books.notices.redeliver(5);
    expect(await eventsAbout(books, contractor.realmId)).toEqual(before);
    expect(await calls()).toBe(0);
    expect(await paidCount()).toBe(1);
  });

  it('of several companies at once reaches each of them', async () => {
    const other = await aContractor(books, 'Bolt Roofing');
    const { proposalId: otherId, invoiceId: otherInvoiceId } = await anInvoicedProposal(other);
    await books.notices.configure({ coalesce_ms: 600_000 });
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await books.control.receivePayment(other.realmId, otherInvoiceId);
    await books.notices.flush();
    await books.notices.configure({ coalesce_ms: 0 });
    await becomes({ qbo_status: 'Paid' });
    await eventually(async () =>
      expect((await other.admin.get(`/proposals/${otherId}`)).body).toMatchObject({ qbo_status: 'Paid' }),
    );
    const last = (await books.notices.deliveries()).at(-1)!;
    expect(last.body).toContain(contractor.realmId);
    expect(last.body).toContain(other.realmId);
  });

  it('is understood in the older shape too', async () => {
    await books.notices.configure({ format: 'legacy' });
    const payment = await books.control.receivePayment(contractor.realmId, invoiceId);
    await becomes({ qbo_state: 'paid' });
    await books.control.deletePayment(contractor.realmId, payment.Id);
    await becomes({ qbo_state: 'open' });
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await becomes({ qbo_state: 'voided' });
    await books.control.deleteInvoice(contractor.realmId, invoiceId);
    await becomes({ qbo_state: 'deleted' });
    await books.notices.configure({ format: 'cloudevents' });
    expect((await books.notices.deliveries()).at(-1)!.body).toContain('eventNotifications');
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_paid',
      'invoice_reopened',
      'invoice_voided',
      'invoice_deleted',
    ]);
  });
});
